import { deleteApiKey } from '../../../contract/api-keys/delete.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findApiKey, deleteApiKey as removeApiKey } from '../../../store/iam/api-keys.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolvedKey } from './find.ts';

export function deleteApiKeyHandler(deps: IamDeps): Handler {
  return handle(deleteApiKey, {
    async resolve(call) {
      const { accountId } = call.principal;
      return resolvedKey(await findApiKey(deps.store.db, accountId, call.input.params.id), accountId);
    },
    async change(_call, row, tx) {
      // Somebody else may have been faster between the look-up and this transaction.
      if (!(await removeApiKey(tx, row.account_id, row.id))) throw new RootwardError('IAM_NOT_FOUND');
      return {
        output: undefined,
        audit: { requestData: { iamId: row.iam_id }, responseData: { keyId: row.id, keyName: row.name } },
      };
    },
  });
}
