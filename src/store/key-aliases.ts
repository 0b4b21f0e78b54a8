import type { Selectable } from 'kysely';
import type { Db, Tx } from './store.ts';
import type { KeyAliasesTable } from './tables.ts';

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
