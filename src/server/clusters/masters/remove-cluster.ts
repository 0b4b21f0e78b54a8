import { retireActivations } from '../../../store/activations.ts';
import { deleteApiKeysOf } from '../../../store/api-keys.ts';
import { type ClusterRow, updateCluster } from '../../../store/clusters.ts';
import { clusterCrn, clusterServicePrincipal } from '../cluster-identity.ts';
import type { ClusterDeps } from '../deps.ts';
import { unregisterCluster } from '../enabling/registration.ts';

/** The end of a cluster whose control plane is gone: its registrations, API keys and sealed keys go, and nobody finds it any more. */
export async function removeCluster(deps: ClusterDeps, cluster: ClusterRow): Promise<void> {
  const registrations = await deps.store.db
    .selectFrom('registrations')
    .select(['instance_id', 'key_id'])
    .where('resource_crn', '=', clusterCrn(cluster))
    .execute();
  for (const { instance_id, key_id } of registrations) {
    await unregisterCluster(deps, cluster, { instanceId: instance_id, keyId: key_id }, deps.newId());
  }
  await deps.store.change(['clusters', 'iam', 'keys'], async (tx) => {
    await deleteApiKeysOf(tx, cluster.account_id, clusterServicePrincipal(cluster).iamId);
    await retireActivations(tx, cluster.id);
    await updateCluster(tx, cluster.id, {
      deleted_at: deps.now(),
      state: 'deleted',
      plugin_wanted: 0,
      sealed_pki: null,
      sealed_credentials: null,
    });
  });
}
