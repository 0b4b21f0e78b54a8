import type { Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { KeyAliasesTable } from '../tables/kms.ts';
import type { StoredKey } from './keys.ts';

export type KeyAliasRow = Selectable<KeyAliasesTable>;

/** The aliases of each of these keys, in the order in which they were given. */
export async function aliasesOfKeys(db: Db | Tx, keyIds: readonly string[]): Promise<Map<string, string[]>> {
  const aliases = new Map<string, string[]>();
  if (keyIds.length === 0) return aliases;
  const rows = await db
    .selectFrom('key_aliases')
    .select(['key_id', 'alias'])
    .where('key_id', 'in', [...keyIds])
    .orderBy('key_id')
    .orderBy('position')
    .execute();
  for (const { key_id, alias } of rows) aliases.set(key_id, [...(aliases.get(key_id) ?? []), alias]);
  return aliases;
}

/** The key that has this alias. Aliases are case-sensitive. */
export async function findKeyByAlias(db: Db | Tx, instanceId: string, alias: string): Promise<StoredKey | undefined> {
  const row = await db
    .selectFrom('key_aliases')
    .innerJoin('keys', (join) =>
      join.onRef('keys.id', '=', 'key_aliases.key_id').onRef('keys.instance_id', '=', 'key_aliases.instance_id'),
    )
    .selectAll('keys')
    .where('key_aliases.instance_id', '=', instanceId)
    .where('key_aliases.alias', '=', alias)
    .executeTakeFirst();
  return row && { unproven: row };
}

/** The aliases of one key in the order in which they were given. */
export function listAliasesOfKey(tx: Tx, keyId: string): Promise<KeyAliasRow[]> {
  return tx.selectFrom('key_aliases').selectAll().where('key_id', '=', keyId).orderBy('position').execute();
}

/** False if a key of the instance has this alias already, also by a transaction that commits at the same time. */
export async function insertAlias(tx: Tx, row: KeyAliasRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('key_aliases')
    .values(row)
    .onConflict((conflict) => conflict.columns(['instance_id', 'alias']).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** False if this key has no such alias. */
export async function deleteAlias(tx: Tx, keyId: string, alias: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('key_aliases')
    .where('key_id', '=', keyId)
    .where('alias', '=', alias)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
