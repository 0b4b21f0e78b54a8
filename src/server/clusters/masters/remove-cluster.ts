import { retireActivations } from '../../../store/clusters/activations.ts';
import { type ClusterRow, updateCluster } from '../../../store/clusters/clusters.ts';
import { deleteApiKeysOf } from '../../../store/iam/api-keys.ts';
import { removeDelegatedPolicies } from '../../../store/iam/policy-changes.ts';
import { closeRecipient } from '../../../store/kms/lifecycle-events.ts';
import { clusterCrn, clusterServicePrincipal } from '../cluster-identity.ts';
import type { ClusterDeps } from '../deps.ts';
import { registeredKeys, unregisterCluster } from '../enabling/steps/registration.ts';

/** The end of a cluster whose control plane is gone: its registrations, API keys and sealed keys go, and nobody finds it any more. */
export async function removeCluster(deps: ClusterDeps, cluster: ClusterRow): Promise<void> {
  for (const key of await registeredKeys(deps.store.db, cluster)) await unregisterCluster(deps, cluster, key, deps.newId());
  await deps.store.change(['clusters', 'iam', 'keys'], async (tx) => {
    const { iamId } = clusterServicePrincipal(cluster);
    await deleteApiKeysOf(tx, cluster.account_id, iamId);
    // Disks of its workers are open until here, so what it had created for them goes now and not when the deletion was asked for.
    await removeDelegatedPolicies(tx, { createdBy: iamId }, { iamId, at: deps.now() });
    await retireActivations(tx, cluster.id);
    await closeRecipient(tx, clusterCrn(cluster));
    await updateCluster(tx, cluster.id, {
      deleted_at: deps.now(),
      state: 'deleted',
      plugin_wanted: 0,
      sealed_pki: null,
      sealed_credentials: null,
    });
  });
}
