import { deleteCluster } from '../../../contract/clusters/delete.ts';
import { MASTER_STATUS } from '../../../contract/views/cluster-texts.ts';
import { updateCluster } from '../../../store/clusters/clusters.ts';
import { findOpenRun, updateRunAt } from '../../../store/clusters/runs.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ClusterDeps } from '../deps.ts';
import { resolveCluster } from '../resolve-cluster.ts';

/** Marks a cluster for removal and ends what is being done to it. Its processes, data and registration go afterwards. */
export function deleteClusterHandler(deps: ClusterDeps): Handler {
  return handle(deleteCluster, {
    resolve: (call) => resolveCluster(deps.store, call, call.input.params.idOrName),
    async change(call, cluster, tx) {
      const run = await findOpenRun(tx, cluster.id);
      if (run) {
        await updateRunAt(tx, run, {
          state: 'aborted',
          fence: run.fence + 1,
          error: 'The cluster was deleted.',
          updated_at: call.now,
          finished_at: call.now,
        });
      }
      await updateCluster(tx, cluster.id, {
        desired_state: 'removed',
        state: 'deleting',
        master_status: MASTER_STATUS.deleting,
        master_status_at: call.now,
        master_state: 'deleting',
      });
      return { output: undefined };
    },
  });
}
