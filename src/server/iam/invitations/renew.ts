import { renewInvitation } from '../../../contract/invitations/renew.ts';
import { deleteInvitation } from '../../../store/iam/invitations.ts';
import { type Handler, handle } from '../../handler.ts';
import { refuseActingAs } from '../act-as.ts';
import type { IamDeps } from '../iam-deps.ts';
import { refuseOwner } from '../users/owner.ts';
import { invitationGone, resolveInvitation } from './find.ts';
import { createInvitation } from './new-invitation.ts';

/** Makes a new token. Whoever has one can become the user who is invited, so it is only for those who may do all that he may. */
export function renewInvitationHandler(deps: IamDeps): Handler {
  return handle(renewInvitation, {
    async resolve(call) {
      const { accountId } = call.principal;
      const found = await resolveInvitation(deps.store.db, accountId, call.input.params.id);
      if (found.missing) return found;
      const missing = await refuseActingAs(deps, call.principal, accountId, found.record.iam_id);
      return missing ? { target: found.target, missing } : found;
    },
    async change(call, { id, account_id, iam_id, email }, tx) {
      await refuseOwner(tx, account_id, iam_id);
      if (!(await deleteInvitation(tx, id))) throw invitationGone();
      const invited = { accountId: account_id, iamId: iam_id, email, by: call.principal.iamId, now: call.now };
      const invitation = await createInvitation(tx, deps, invited);
      return {
        output: invitation,
        audit: { requestData: { iamId: iam_id, email }, responseData: { invitationId: invitation.id } },
      };
    },
  });
}
