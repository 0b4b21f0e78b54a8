import { MASTER_STATUS } from '../../../../contract/views/cluster-texts.ts';
import type { ClusterRow } from '../../../../store/clusters/clusters.ts';
import type { RunRow } from '../../../../store/clusters/runs.ts';
import type { Tx } from '../../../../store/store.ts';
import type { ClusterDeps } from '../../deps.ts';
import type { RootKeyRef } from '../run-parameters.ts';

/**
 * One step of the server. `before` calls other features and may be repeated; `commit` runs in the transaction that also moves
 * the run, so a crash leaves the step either done or not begun.
 */
export interface ServerStepWork {
  before?(deps: ClusterDeps, cluster: ClusterRow, run: RunRow): Promise<void>;
  commit(tx: Tx, deps: ClusterDeps, cluster: ClusterRow, run: RunRow): Promise<void>;
}

/** What a cluster's master shows when a run is over. */
export function masterReady(now: number) {
  return { master_status: MASTER_STATUS.ready, master_status_at: now, master_state: 'deployed' } as const;
}

export function keyOfCluster(cluster: ClusterRow, key: RootKeyRef) {
  return { clusterId: cluster.id, instanceId: key.instanceId, keyId: key.keyId };
}
