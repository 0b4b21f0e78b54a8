import { RootwardError } from '../../../contract/errors.ts';
import { deleteInstance } from '../../../contract/instances/delete.ts';
import { clustersUsingInstance, countLiveKeys, type InstanceRow, updateInstance } from '../../../store/instances.ts';
import { insertReclamation } from '../../../store/reclamations.ts';
import type { Tx } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import { formatInstant } from '../../instant.ts';
import { removeForGood } from '../reclamations/remove-for-good.ts';
import type { ResourceDeps } from '../resource-deps.ts';
import { activeInstance, refuseLocked } from './current.ts';
import { resolveInstance } from './find.ts';

/**
 * Deletes an instance that holds no key and seals no cluster. Until its reclamation is due nothing of it is lost, and the key service
 * answers as if there were none.
 */
export function deleteInstanceHandler(deps: ResourceDeps): Handler {
  return handle(deleteInstance, {
    resolve: (call) => resolveInstance(deps.store.db, call.principal.accountId, call.input.params.id),
    async change(call, found, tx) {
      const row = await activeInstance(tx, found);
      refuseLocked(row);
      await refuseInUse(tx, row);
      const { iamId } = call.principal;
      const requestData = { instanceID: row.guid, resourceName: row.name };
      if (deps.reclamationSeconds === 0) {
        await removeForGood(tx, row, { iamId, at: call.now, operation: 'delete' });
        return { output: undefined, audit: { requestData }, after: () => deps.forgetInstance(row.guid) };
      }
      const id = deps.newId();
      const target_at = call.now + deps.reclamationSeconds * 1000;
      await updateInstance(tx, row.guid, {
        state: 'pending_reclamation',
        deleted_by: iamId,
        reclaim_at: target_at,
        updated_at: call.now,
        updated_by: iamId,
        last_operation: 'delete',
      });
      await insertReclamation(tx, {
        id,
        instance_guid: row.guid,
        account_id: row.account_id,
        resource_group_id: row.resource_group_id,
        state: 'SCHEDULED',
        target_at,
        created_at: call.now,
        created_by: iamId,
        updated_at: call.now,
        updated_by: iamId,
      });
      const responseData = { reclamationId: id, reclaimAt: formatInstant(target_at) };
      return { output: undefined, audit: { requestData, responseData } };
    },
  });
}

async function refuseInUse(tx: Tx, row: InstanceRow): Promise<void> {
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
}
