import type { Db } from '../store.ts';

export interface ClusterIdentityRow {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly resource_group_id: string;
  readonly encryption_domain: string;
}

/** The cluster behind a CRN identity, unless it is deleted or being removed. */
export function findClusterIdentity(db: Db, accountId: string, clusterId: string): Promise<ClusterIdentityRow | undefined> {
  return db
    .selectFrom('clusters')
    .select(['id', 'name', 'region', 'resource_group_id', 'encryption_domain'])
    .where('account_id', '=', accountId)
    .where('id', '=', clusterId)
    .where('deleted_at', 'is', null)
    .where('desired_state', '!=', 'removed')
    .executeTakeFirst();
}
