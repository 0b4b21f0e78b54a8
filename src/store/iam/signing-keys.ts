import type { Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { SigningKeysTable } from '../tables.ts';

export type SigningKeyRow = Selectable<SigningKeysTable>;

export async function insertSigningKey(db: Db, row: SigningKeyRow): Promise<void> {
  await db.insertInto('signing_keys').values(row).execute();
}

/** Newest first, with those that have retired. */
export function listSigningKeys(db: Db): Promise<SigningKeyRow[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('created_at', 'desc').orderBy('kid').execute();
}

/** From now on this key signs. False: it signed already. */
export async function activateSigningKey(tx: Tx, kid: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('signing_keys')
    .set({ activated_at: now })
    .where('kid', '=', kid)
    .where('activated_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** From now on this key only verifies, and its private half is gone. */
export async function retireSigningKey(tx: Tx, kid: string, now: number): Promise<void> {
  await tx
    .updateTable('signing_keys')
    .set({ retired_at: now, sealed_private_key: new Uint8Array(0) })
    .where('kid', '=', kid)
    .where('retired_at', 'is', null)
    .execute();
}

/** Drops the keys that retired at or before an instant. */
export async function deleteRetiredSigningKey(tx: Tx, kid: string, before: number): Promise<void> {
  await tx.deleteFrom('signing_keys').where('kid', '=', kid).where('retired_at', '<=', before).execute();
}
