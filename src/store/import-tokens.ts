import type { Selectable } from 'kysely';
import type { Db, Tx } from './store.ts';
import type { ImportTokensTable } from './tables.ts';

export type ImportTokenRow = Selectable<ImportTokensTable>;

/** The import token of an instance, also one that has expired. */
export function findImportToken(db: Db | Tx, instanceId: string): Promise<ImportTokenRow | undefined> {
  return db.selectFrom('import_tokens').selectAll().where('instance_id', '=', instanceId).executeTakeFirst();
}

/** Puts a token in the place of the instance's earlier one. */
export async function replaceImportToken(tx: Tx, row: ImportTokenRow): Promise<void> {
  const { instance_id: _instance, ...changing } = row;
  await tx
    .insertInto('import_tokens')
    .values(row)
    .onConflict((conflict) => conflict.column('instance_id').doUpdateSet(changing))
    .execute();
}

/** Counts one retrieval. */
export async function countRetrieval(tx: Tx, instanceId: string, remaining: number): Promise<void> {
  await tx.updateTable('import_tokens').set({ remaining_retrievals: remaining }).where('instance_id', '=', instanceId).execute();
}
