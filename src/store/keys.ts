import type { Selectable } from 'kysely';
import type { Db, Tx } from './store.ts';
import type { KeysTable, KeyVersionsTable } from './tables.ts';

export type KeyRow = Selectable<KeysTable>;
export type KeyVersionRow = Selectable<KeyVersionsTable>;

/** One key of an instance, or undefined. Always by instance: a key id alone finds nothing. */
export function findKey(db: Db | Tx, instanceId: string, keyId: string): Promise<KeyRow | undefined> {
  return db.selectFrom('keys').selectAll().where('instance_id', '=', instanceId).where('id', '=', keyId).executeTakeFirst();
}

export async function insertKey(tx: Tx, row: KeyRow, version: KeyVersionRow): Promise<void> {
  await tx.insertInto('keys').values(row).execute();
  await tx.insertInto('key_versions').values(version).execute();
}

export async function updateKey(tx: Tx, instanceId: string, keyId: string, change: Partial<KeyRow>): Promise<void> {
  await tx.updateTable('keys').set(change).where('instance_id', '=', instanceId).where('id', '=', keyId).execute();
}

export async function insertKeyVersion(tx: Tx, version: KeyVersionRow): Promise<void> {
  await tx.insertInto('key_versions').values(version).execute();
}

export function findKeyVersion(db: Db | Tx, keyId: string, versionId: string): Promise<KeyVersionRow | undefined> {
  return db.selectFrom('key_versions').selectAll().where('key_id', '=', keyId).where('id', '=', versionId).executeTakeFirst();
}

/** Versions of a key, newest first. */
export function listKeyVersions(db: Db | Tx, keyId: string, page: { limit: number; offset: number }): Promise<KeyVersionRow[]> {
  return db
    .selectFrom('key_versions')
    .selectAll()
    .where('key_id', '=', keyId)
    .orderBy('number', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

export async function countKeyVersions(db: Db | Tx, keyId: string): Promise<number> {
  const row = await db
    .selectFrom('key_versions')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('key_id', '=', keyId)
    .executeTakeFirstOrThrow();
  return Number(row.total);
}
