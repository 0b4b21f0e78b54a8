import type { Selectable } from 'kysely';
import { statement } from '../engines/statement.ts';
import type { Db, Tx } from '../store.ts';
import type { KeysTable, KeyVersionsTable } from '../tables/kms.ts';

/** A key as its row says, once that was found authentic (server/key-rows.ts): what rules are applied to. */
export type KeyRow = Omit<Selectable<KeysTable>, 'mac'> & { readonly mac: Uint8Array };

/** A row of `keys` as it lies in the store. Whoever can write there could have made it. */
export interface StoredKey {
  readonly unproven: Selectable<KeysTable>;
}
export type KeyVersionRow = Selectable<KeyVersionsTable>;

/** One key of an instance, or undefined. Always by instance: a key id alone finds nothing. */
export async function findKey(db: Db | Tx, instanceId: string, keyId: string): Promise<StoredKey | undefined> {
  const row = await db
    .selectFrom('keys')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .where('id', '=', keyId)
    .executeTakeFirst();
  return row && { unproven: row };
}

const insertRow = statement<KeyRow>((tx, row) => tx.insertInto('keys').values(row), { isUnawaited: true });
const insertVersion = statement<KeyVersionRow>((tx, version) => tx.insertInto('key_versions').values(version), {
  isUnawaited: true,
});

export async function insertKey(tx: Tx, row: KeyRow, version: KeyVersionRow): Promise<void> {
  await insertRow(tx, row);
  await insertVersion(tx, version);
}

/** Replaces the row as `before` knows it; false if it is another one by now. */
export async function replaceKey(tx: Tx, before: KeyRow, after: KeyRow): Promise<boolean> {
  const { id: _id, instance_id: _instanceId, ...columns } = after;
  const { numUpdatedRows } = await tx
    .updateTable('keys')
    .set(columns)
    .where('instance_id', '=', before.instance_id)
    .where('id', '=', before.id)
    .where('mac', '=', before.mac)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Keys of any instance whose rows have no MAC yet. */
export async function listKeysWithoutMac(tx: Tx, limit: number): Promise<StoredKey[]> {
  const rows = await tx.selectFrom('keys').selectAll().where('mac', 'is', null).limit(limit).execute();
  return rows.map((row) => ({ unproven: row }));
}

export async function setKeyMac(tx: Tx, keyId: string, mac: Uint8Array): Promise<void> {
  await tx.updateTable('keys').set({ mac }).where('id', '=', keyId).where('mac', 'is', null).execute();
}

export async function insertKeyVersion(tx: Tx, version: KeyVersionRow): Promise<void> {
  await insertVersion(tx, version);
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
