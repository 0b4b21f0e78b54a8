import { deleteApiKey } from '../../../contract/api-keys/delete.ts';
import { findApiKey, deleteApiKey as removeApiKey } from '../../../store/iam/api-keys.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { currentKey, keyFacts, refuseLockedKey } from './current-key.ts';
import { resolvedKey } from './find.ts';

export function deleteApiKeyHandler(deps: IamDeps): Handler {
  return handle(deleteApiKey, {
    async resolve(call) {
      const { accountId } = call.principal;
      return resolvedKey(await findApiKey(deps.store.db, accountId, call.input.params.id), accountId);
    },
    async change(_call, found, tx) {
      const row = await currentKey(tx, found);
      refuseLockedKey(row);
      await removeApiKey(tx, row.account_id, row.id);
      return { output: undefined, audit: keyFacts(row, 'delete') };
    },
  });
}
