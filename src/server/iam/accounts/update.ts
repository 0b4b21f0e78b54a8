import { updateAccount } from '../../../contract/accounts/update.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findAccount, updateAccount as writeAccount } from '../../../store/iam/accounts.ts';
import { findUser } from '../../../store/iam/users.ts';
import type { Tx } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolveAccount } from './find.ts';
import { presentAccount } from './present.ts';

/** Renames an account, or hands it over: the one way in which an account gets another owner. */
export function updateAccountHandler(deps: IamDeps): Handler {
  return handle(updateAccount, {
    resolve: (call) => resolveAccount(deps.store.db, call.principal, call.input.params.id),
    async change({ principal, input }, { id }, tx) {
      const { name, owner_iam_id } = input.body;
      // Read here, so that of two who hand the account over at the same time only the owner does.
      const account = await findAccount(tx, id);
      if (!account) throw new RootwardError('IAM_NOT_FOUND');
      if (owner_iam_id !== undefined && owner_iam_id !== account.owner_iam_id) {
        if (principal.iamId !== account.owner_iam_id) {
          throw new RootwardError('ACTION_DENIED', { message: 'Only the owner hands the account over.' });
        }
        await mustBeActive(tx, id, owner_iam_id);
      }
      const updated = { ...account, name: name ?? account.name, owner_iam_id: owner_iam_id ?? account.owner_iam_id };
      await writeAccount(tx, id, { name: updated.name, owner_iam_id: updated.owner_iam_id });
      return {
        output: presentAccount(updated),
        audit: {
          requestData: {
            initialValue: { accountName: account.name, ownerIamId: account.owner_iam_id },
            newValue: { accountName: updated.name, ownerIamId: updated.owner_iam_id },
          },
        },
      };
    },
  });
}

async function mustBeActive(tx: Tx, accountId: string, iamId: string): Promise<void> {
  const user = await findUser(tx, accountId, iamId);
  if (user?.state === 'ACTIVE') return;
  if (user) throw new RootwardError('USER_STATE', { message: 'The account is handed over to an active user only.' });
  throw new RootwardError('INVALID_FIELD', {
    message: 'Field owner_iam_id is not a user of the account.',
    target: { type: 'field', name: 'owner_iam_id' },
  });
}
