import { removeUser } from '../../../contract/users/remove.ts';
import { removeUser as takeOut } from '../../../store/iam/users.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolveUser, userGone } from './find.ts';
import { refuseOwner } from './owner.ts';

/** Removes a user with everything that he had in the account. His logins end before the caller gets the answer. */
export function removeUserHandler(deps: IamDeps): Handler {
  return handle(removeUser, {
    resolve: (call) => resolveUser(deps.store.db, call.principal, call.input.params),
    async change(call, { account_id: accountId, iam_id: iamId, email, state }, tx) {
      await refuseOwner(tx, accountId, iamId);
      if (!(await takeOut(tx, accountId, iamId, call.now))) throw userGone();
      return { output: undefined, audit: { requestData: { iamId, email, userState: state } } };
    },
  });
}
