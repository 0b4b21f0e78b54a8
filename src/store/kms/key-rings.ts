import type { Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { KeyRingsTable } from '../tables/kms.ts';
import type { StoredKey } from './keys.ts';

export type KeyRingRow = Selectable<KeyRingsTable>;

/** The key rings that were made in an instance, oldest first; `default` is not among them. */
export function listKeyRings(db: Db | Tx, instanceId: string): Promise<KeyRingRow[]> {
  return db
    .selectFrom('key_rings')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

export function findKeyRing(db: Db | Tx, instanceId: string, id: string): Promise<KeyRingRow | undefined> {
  return db.selectFrom('key_rings').selectAll().where('instance_id', '=', instanceId).where('id', '=', id).executeTakeFirst();
}

/** False if there is a key ring with this id already, also one of a transaction that commits at the same time. */
export async function insertKeyRing(tx: Tx, row: KeyRingRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('key_rings')
    .values(row)
    .onConflict((conflict) => conflict.columns(['instance_id', 'id']).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function deleteKeyRing(tx: Tx, instanceId: string, id: string): Promise<void> {
  await tx.deleteFrom('key_rings').where('instance_id', '=', instanceId).where('id', '=', id).execute();
}

/** Whether the key ring holds a key that is not deleted (`live`), or a deleted one. */
export async function whatRingHolds(tx: Tx, instanceId: string, id: string): Promise<{ live: boolean; deleted: boolean }> {
  const some = (operator: '=' | '<>') =>
    tx
      .selectFrom('keys')
      .select('id')
      .where('instance_id', '=', instanceId)
      .where('key_ring_id', '=', id)
      .where('state', operator, 5)
      .limit(1)
      .executeTakeFirst();
  return { live: (await some('<>')) !== undefined, deleted: (await some('=')) !== undefined };
}

/** Every key of a key ring. */
export async function listKeysOfRing(tx: Tx, instanceId: string, ring: string): Promise<StoredKey[]> {
  const rows = await tx
    .selectFrom('keys')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .where('key_ring_id', '=', ring)
    .execute();
  return rows.map((row) => ({ unproven: row }));
}
