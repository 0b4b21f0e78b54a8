import type { Db } from '../store.ts';

/** A cluster that is sealed by a root key of an account, with what service authorizations are held against. */
export interface ClusterOfKms {
  readonly id: string;
  readonly name: string;
  readonly account_id: string;
  readonly region: string;
  readonly resource_group_id: string;
  readonly kms_service: string | null;
  readonly kms_instance_id: string | null;
  readonly kms_key_id: string | null;
  readonly instance_region: string | null;
  readonly instance_group_id: string | null;
  readonly key_ring_id: string | null;
}

/** The clusters, of any account, that use a root key of this account's instances or are on their way to it, by name. */
export function clustersOfKms(db: Db, kmsAccountId: string): Promise<ClusterOfKms[]> {
  return db
    .selectFrom('clusters')
    .leftJoin('instances', 'instances.guid', 'clusters.kms_instance_id')
    .leftJoin('keys', (join) =>
      join.onRef('keys.instance_id', '=', 'clusters.kms_instance_id').onRef('keys.id', '=', 'clusters.kms_key_id'),
    )
    .select([
      'clusters.id',
      'clusters.name',
      'clusters.account_id',
      'clusters.region',
      'clusters.resource_group_id',
      'clusters.kms_service',
      'clusters.kms_instance_id',
      'clusters.kms_key_id',
      'instances.region as instance_region',
      'instances.resource_group_id as instance_group_id',
      'keys.key_ring_id',
    ])
    .where('clusters.kms_account_id', '=', kmsAccountId)
    .where('clusters.deleted_at', 'is', null)
    .where('clusters.desired_state', '!=', 'removed')
    .where((is) => is.or([is('clusters.kms_enabled', '=', 1), is('clusters.kms_key_id', 'is not', null)]))
    .orderBy('clusters.name')
    .orderBy('clusters.id')
    .execute();
}
