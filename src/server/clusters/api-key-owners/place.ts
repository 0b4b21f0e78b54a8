import type { OwnerPlace } from '../../../store/clusters/api-key-owners.ts';
import type { ClusterRow } from '../../../store/clusters/clusters.ts';

/** Where a cluster has its API-key owner. */
export function placeOf(cluster: Pick<ClusterRow, 'account_id' | 'region' | 'resource_group_id'>): OwnerPlace {
  return { accountId: cluster.account_id, region: cluster.region, resourceGroupId: cluster.resource_group_id };
}

/** What makes the caller the owner of a place. */
export function resetCommand({ region, resourceGroupId }: OwnerPlace): string {
  return `rootward ks api-key reset --region ${region} --resource-group-id ${resourceGroupId} --force`;
}
