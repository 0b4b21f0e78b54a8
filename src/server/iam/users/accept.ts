import { RootwardError } from '../../../contract/errors.ts';
import { acceptAsUser } from '../../../contract/users/accept.ts';
import { deleteInvitation } from '../../../store/iam/invitations.ts';
import { changeUserState } from '../../../store/iam/users.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { findOpenInvitation, noInvitation } from '../invitations/find-open.ts';
import type { GuessLimit } from '../tokens/guesses/guess-limit.ts';
import { targetOfUser } from './target.ts';

/** Accepts an invitation as the person that one is logged in as, in another account. */
export function acceptAsUserHandler(deps: IamDeps, guesses: GuessLimit): Handler {
  return handle(acceptAsUser, {
    async resolve({ principal, input, host, now }) {
      const { accountId, iamId } = principal;
      const target = targetOfUser(accountId, iamId, principal.name);
      if (principal.kind !== 'user') {
        return { target, missing: new RootwardError('ACTION_DENIED', { message: 'An invitation is accepted by a person.' }) };
      }
      const open = await findOpenInvitation(deps.store.db, deps.barrier, input.headers['invitation-token'], now);
      if (open?.row.iam_id === iamId && open.row.account_id === input.body.account_id) return { target, record: open.row };
      return { target, missing: guesses.wrong(host.address, now, noInvitation()) };
    },
    async change(_call, invitation, tx) {
      const { id, account_id, iam_id, email } = invitation;
      const isOpen = (await deleteInvitation(tx, id)) && (await changeUserState(tx, invitation, 'PENDING', 'ACTIVE'));
      if (!isOpen) throw noInvitation();
      return {
        output: undefined,
        audit: { requestData: { iamId: iam_id, email, accountId: account_id, invitationId: id } },
      };
    },
  });
}
