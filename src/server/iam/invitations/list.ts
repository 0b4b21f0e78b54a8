import { listInvitations } from '../../../contract/invitations/list.ts';
import { listInvitations as readInvitations } from '../../../store/iam/invitations.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { ownAccount } from '../own-account.ts';
import { usersOf } from '../users/target.ts';
import { presentInvitation } from './present.ts';

export function listInvitationsHandler(deps: IamDeps): Handler {
  return handle(listInvitations, {
    resolve(call) {
      const accountId = ownAccount(call.principal, call.input.query.account_id);
      return { target: usersOf(accountId), record: accountId };
    },
    async run(_call, accountId) {
      return { output: { invitations: (await readInvitations(deps.store.db, accountId)).map(presentInvitation) } };
    },
  });
}
