import { type ClusterRow, listClusters } from '../../store/clusters/clusters.ts';
import type { Principal } from '../principal.ts';
import type { Target } from '../target.ts';
import { clusterServiceTarget, clusterTarget } from './cluster-identity.ts';
import type { ClusterDeps } from './deps.ts';

/** What somebody may see of an account's clusters, and the target on which the pipeline decides that he may ask at all. */
export interface ReadableClusters {
  readonly clusters: readonly ClusterRow[];
  readonly target: Target;
}

/**
 * The clusters that the caller may see. Whoever may see one of them may ask for a list, and so may who may see all that there will
 * be: the pipeline decides once more, about a target that stands for them.
 */
export async function readableClusters(
  { store, decide }: Pick<ClusterDeps, 'store' | 'decide'>,
  principal: Principal,
): Promise<ReadableClusters> {
  const clusters: ClusterRow[] = [];
  for (const cluster of await listClusters(store.db, principal.accountId)) {
    const decision = await decide(principal, 'containers-kubernetes.cluster.read', clusterTarget(cluster));
    if (decision.allowed) clusters.push(cluster);
  }
  const [first] = clusters;
  return { clusters, target: first ? clusterTarget(first) : { ...clusterServiceTarget(principal.accountId), whole: true } };
}
