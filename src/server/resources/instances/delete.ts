import { RootwardError } from '../../../contract/errors.ts';
import { deleteInstance } from '../../../contract/instances/delete.ts';
import { clustersUsingInstance, countLiveKeys, markInstanceRemoved } from '../../../store/instances.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { resolveInstance } from './find.ts';

/** Removes an instance once it holds no key and seals no cluster. The checks run in the transaction of the removal. */
export function deleteInstanceHandler(deps: ResourceDeps): Handler {
  return handle(deleteInstance, {
    resolve: (call) => resolveInstance(deps.store.db, call.principal.accountId, call.input.params.id),
    async change(call, row, tx) {
      const keys = await countLiveKeys(tx, row.account_id, row.guid);
      if (keys > 0) {
        throw new RootwardError('INSTANCE_HAS_KEYS', {
          message: `[409, Conflict] Conflict: Instance contains ${keys} active keys. Remove all keys before de-provisioning`,
        });
      }
      const clusters = await clustersUsingInstance(tx, row.account_id, row.guid);
      if (clusters.length > 0) {
        throw new RootwardError('INSTANCE_ACTIVE_CLUSTERS', {
          message: `Clusters still use a root key of this instance: ${clusters.join(', ')}.`,
        });
      }
      if (!(await markInstanceRemoved(tx, row.account_id, row.guid, { iamId: call.principal.iamId, at: call.now }))) {
        throw new RootwardError('RESOURCE_GONE');
      }
      return { output: undefined, audit: { requestData: { instanceID: row.guid, resourceName: row.name } } };
    },
  });
}
