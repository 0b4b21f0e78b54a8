import { RootwardError } from '../../../contract/errors.ts';
import { deleteGroup as operation } from '../../../contract/groups/delete.ts';
import { removeOwnersOfGroup } from '../../../store/clusters/api-key-owners.ts';
import { deleteGroup, findGroup, isGroupInUse } from '../../../store/iam/groups.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { resolveGroup, unknownGroup } from './resolve.ts';

/** Deletes a group that nothing is in; what can still be restored counts. */
export function deleteGroupHandler(deps: ResourceDeps): Handler {
  return handle(operation, {
    resolve: (call) => resolveGroup(deps.store.db, call.principal.accountId, call.input.params.id),
    async change(_call, { account_id, id }, tx) {
      const row = await findGroup(tx, account_id, id);
      if (!row) throw unknownGroup();
      if (row.is_default !== 0) throw new RootwardError('RESOURCE_GROUP_DEFAULT');
      if (await isGroupInUse(tx, account_id, id)) {
        throw new RootwardError('RESOURCE_GROUP_NOT_EMPTY', {
          hint: 'Deleted instances count until they are reclaimed: rootward resource reclamations -g GROUP.',
        });
      }
      await removeOwnersOfGroup(tx, account_id, id);
      await deleteGroup(tx, id);
      return { output: undefined, audit: { requestData: { resourceGroupId: id, resourceName: row.name } } };
    },
  });
}
