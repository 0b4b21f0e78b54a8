import type { Cluster } from '../../../contract/clusters/cluster.ts';
import { listClusters } from '../../../contract/clusters/list.ts';
import { listClusters as readClusters } from '../../../store/clusters/clusters.ts';
import { type Handler, handle } from '../../handler.ts';
import { clusterServiceTarget, clusterTarget } from '../cluster-identity.ts';
import { clusterView } from '../cluster-view.ts';
import type { ClusterDeps } from '../deps.ts';
import { checkAccount } from '../resolve-cluster.ts';

/** The clusters of the account that the caller may see. */
export function listClustersHandler(deps: ClusterDeps): Handler {
  return handle(listClusters, {
    resolve(call) {
      checkAccount(call.input.headers, call.principal);
      return { target: clusterServiceTarget(call.principal.accountId), record: undefined };
    },
    async run(call) {
      const { provider } = call.input.query;
      const output: Cluster[] = [];
      for (const cluster of await readClusters(deps.store.db, call.principal.accountId)) {
        if (provider !== undefined && provider !== '' && cluster.provider !== provider) continue;
        const decision = await deps.decide(call.principal, 'containers-kubernetes.cluster.read', clusterTarget(cluster));
        if (decision.allowed) output.push(await clusterView(deps, cluster));
      }
      return { output };
    },
  });
}
