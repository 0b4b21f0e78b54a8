import type { Db, Tx } from '../store.ts';

export interface RootKeyOfCluster {
  readonly clusterId: string;
  readonly instanceId: string;
  readonly keyId: string;
}

/** Remembers that a cluster uses this root key. The first use counts. */
export async function rememberRootKey(tx: Tx, key: RootKeyOfCluster, now: number): Promise<void> {
  await tx
    .insertInto('cluster_root_keys')
    .values({
      cluster_id: key.clusterId,
      instance_id: key.instanceId,
      key_id: key.keyId,
      first_used_at: now,
      replaced_at: null,
    })
    .onConflict((conflict) => conflict.columns(['cluster_id', 'instance_id', 'key_id']).doNothing())
    .execute();
}

/** From now on this is a previous root key of the cluster. There is no way back. */
export async function markRootKeyReplaced(tx: Tx, key: RootKeyOfCluster, now: number): Promise<void> {
  await tx
    .updateTable('cluster_root_keys')
    .set({ replaced_at: now })
    .where('cluster_id', '=', key.clusterId)
    .where('instance_id', '=', key.instanceId)
    .where('key_id', '=', key.keyId)
    .where('replaced_at', 'is', null)
    .execute();
}

/** The root keys that something of the cluster may be sealed by, or is about to be: used, and not replaced yet. */
export async function listRootKeysInUse(db: Db, clusterId: string): Promise<RootKeyOfCluster[]> {
  const rows = await db
    .selectFrom('cluster_root_keys')
    .select(['cluster_id', 'instance_id', 'key_id'])
    .where('cluster_id', '=', clusterId)
    .where('replaced_at', 'is', null)
    .orderBy('first_used_at')
    .execute();
  return rows.map((row) => ({ clusterId: row.cluster_id, instanceId: row.instance_id, keyId: row.key_id }));
}

/** Forgets a use that never happened: the run was rolled back before the first write. A previous key stays one. */
export async function forgetUnusedRootKey(tx: Tx, key: RootKeyOfCluster): Promise<void> {
  await tx
    .deleteFrom('cluster_root_keys')
    .where('cluster_id', '=', key.clusterId)
    .where('instance_id', '=', key.instanceId)
    .where('key_id', '=', key.keyId)
    .where('replaced_at', 'is', null)
    .execute();
}

/** Was this root key used by the cluster and then replaced by another one? */
export async function isPreviousRootKey(db: Db, key: RootKeyOfCluster): Promise<boolean> {
  const row = await db
    .selectFrom('cluster_root_keys')
    .select('replaced_at')
    .where('cluster_id', '=', key.clusterId)
    .where('instance_id', '=', key.instanceId)
    .where('key_id', '=', key.keyId)
    .executeTakeFirst();
  return row !== undefined && row.replaced_at !== null;
}
