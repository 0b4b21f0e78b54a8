import { deleteInvitation } from '../../../contract/invitations/delete.ts';
import { deleteInvitation as dropInvitation } from '../../../store/iam/invitations.ts';
import { findUser, removeUser } from '../../../store/iam/users.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { refuseOwner } from '../users/owner.ts';
import { invitationGone, resolveInvitation } from './find.ts';

/** Takes an invitation back: whoever was invited is no user any more, and what he was given is gone. */
export function deleteInvitationHandler(deps: IamDeps): Handler {
  return handle(deleteInvitation, {
    resolve: (call) => resolveInvitation(deps.store.db, call.principal.accountId, call.input.params.id),
    async change(call, { id, account_id: accountId, iam_id: iamId, email }, tx) {
      await refuseOwner(tx, accountId, iamId);
      if (!(await dropInvitation(tx, id))) throw invitationGone();
      // Whoever has become a user meanwhile stays one.
      if ((await findUser(tx, accountId, iamId))?.state === 'PENDING') await removeUser(tx, accountId, iamId, call.now);
      return { output: undefined, audit: { requestData: { iamId, email, invitationId: id } } };
    },
  });
}
