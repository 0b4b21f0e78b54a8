import { getCluster } from '../../../contract/clusters/get.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { type Handler, handle } from '../../handler.ts';
import { clusterView } from '../cluster-view.ts';
import type { ClusterDeps } from '../deps.ts';
import { resolveCluster } from '../resolve-cluster.ts';

/** One cluster, by the query of version 2 or the path of version 1. */
export function getClusterHandler(deps: ClusterDeps): Handler {
  return handle(getCluster, {
    resolve(call) {
      const named = call.input.params.idOrName ?? call.input.query.cluster;
      if (named !== undefined) return resolveCluster(deps.store, call, named);
      throw new RootwardError('INVALID_QUERY', {
        message: 'Query parameter cluster is missing.',
        target: { type: 'query_param', name: 'cluster' },
      });
    },
    run: async (_call, cluster) => ({ output: await clusterView(deps, cluster) }),
  });
}
