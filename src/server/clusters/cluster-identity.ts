import { formatCrn } from '../../contract/crn.ts';
import type { ClusterRow } from '../../store/clusters/clusters.ts';
import type { ClusterPrincipal } from '../principal.ts';
import type { Target } from '../target.ts';

export const CLUSTER_SERVICE = 'containers-kubernetes';

export function clusterCrn(cluster: Pick<ClusterRow, 'id' | 'account_id' | 'region'>): string {
  return formatCrn({
    service: CLUSTER_SERVICE,
    location: cluster.region,
    accountId: cluster.account_id,
    instance: cluster.id,
  });
}

/** The server acting as the cluster: what it does to keys is decided by the service authorization, like the plugin's calls. */
export function clusterServicePrincipal(cluster: ClusterRow): ClusterPrincipal {
  const crn = clusterCrn(cluster);
  return {
    kind: 'cluster',
    iamId: `crn-${crn}`,
    accountId: cluster.account_id,
    name: cluster.name,
    credential: 'token',
    crn,
    clusterId: cluster.id,
    region: cluster.region,
    resourceGroupId: cluster.resource_group_id,
    role: 'service',
    encryptionDomain: cluster.encryption_domain,
  };
}

export function clusterTarget(cluster: ClusterRow): Target {
  return {
    serviceName: CLUSTER_SERVICE,
    accountId: cluster.account_id,
    region: cluster.region,
    resourceGroupId: cluster.resource_group_id,
    serviceInstance: cluster.id,
    name: cluster.name,
  };
}

/** For actions on no cluster in particular. */
export function clusterServiceTarget(accountId: string): Target {
  return { serviceName: CLUSTER_SERVICE, accountId };
}
