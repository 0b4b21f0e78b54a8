import { refreshMaster, refreshMasterV1 } from '../../../contract/clusters/refresh-master.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { MASTER_STATUS } from '../../../contract/views/cluster-texts.ts';
import { findClusterById, updateCluster } from '../../../store/clusters/clusters.ts';
import { findOpenRun } from '../../../store/clusters/runs.ts';
import type { Tx } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ClusterDeps } from '../deps.ts';
import { resolveCluster } from '../resolve-cluster.ts';

/** Asks for a restart of a cluster's apiservers; what watches over hosted control planes does it. */
export function refreshMasterHandler(deps: ClusterDeps): Handler {
  return handle(refreshMaster, {
    resolve: (call) => resolveCluster(deps.store, call, call.input.body.cluster),
    async change(call, cluster, tx) {
      await ask(tx, cluster.id, call.now);
      return { output: undefined };
    },
  });
}

export function refreshMasterV1Handler(deps: ClusterDeps): Handler {
  return handle(refreshMasterV1, {
    resolve: (call) => resolveCluster(deps.store, call, call.input.params.idOrName),
    async change(call, cluster, tx) {
      await ask(tx, cluster.id, call.now);
      return { output: undefined };
    },
  });
}

async function ask(tx: Tx, clusterId: string, now: number): Promise<void> {
  const cluster = await findClusterById(tx, clusterId);
  if (!cluster) throw new RootwardError('CLUSTER_NOT_FOUND');
  if (cluster.desired_state === 'suspended') throw new RootwardError('CLUSTER_SUSPENDED');
  if (cluster.master_state !== 'deployed' || (await findOpenRun(tx, clusterId))) throw new RootwardError('CLUSTER_BUSY');
  await updateCluster(tx, clusterId, {
    master_status: MASTER_STATUS.refreshing,
    master_status_at: now,
    master_state: 'updating',
  });
}
