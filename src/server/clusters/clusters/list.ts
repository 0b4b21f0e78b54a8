import type { Cluster } from '../../../contract/clusters/cluster.ts';
import { listClusters } from '../../../contract/clusters/list.ts';
import { type Handler, handle } from '../../handler.ts';
import { clusterView } from '../cluster-view.ts';
import type { ClusterDeps } from '../deps.ts';
import { readableClusters } from '../readable-clusters.ts';
import { checkAccount } from '../resolve-cluster.ts';

/** The clusters of the account that the caller may see. */
export function listClustersHandler(deps: ClusterDeps): Handler {
  return handle(listClusters, {
    async resolve(call) {
      checkAccount(call.input.headers, call.principal);
      const { clusters, target } = await readableClusters(deps, call.principal);
      return { target, record: clusters };
    },
    async run(call, clusters) {
      const { provider } = call.input.query;
      const output: Cluster[] = [];
      for (const cluster of clusters) {
        if (provider !== undefined && provider !== '' && cluster.provider !== provider) continue;
        output.push(await clusterView(deps, cluster));
      }
      return { output };
    },
  });
}
