import type { Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { ImportTokensTable } from '../tables/kms.ts';
import type { DueKey, DuePage } from './due-keys.ts';

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

/** Tokens that expired at or before an instant. */
export async function importTokensUntil(db: Db, { before, after, limit }: DuePage<DueKey>): Promise<DueKey[]> {
  let query = db
    .selectFrom('import_tokens')
    .select(['expires_at as dueAt', 'id', 'instance_id as instanceId'])
    .where('expires_at', '<=', before);
  if (after) query = query.where((eb) => eb(eb.refTuple('expires_at', 'id'), '>', eb.tuple(after.dueAt, after.id)));
  return await query.orderBy('expires_at').orderBy('id').limit(limit).execute();
}

export async function nextTokenExpiry(db: Db): Promise<number | undefined> {
  const row = await db.selectFrom('import_tokens').select('expires_at').orderBy('expires_at').limit(1).executeTakeFirst();
  return row?.expires_at;
}

export async function deleteImportToken(tx: Tx, instanceId: string, id: string): Promise<void> {
  await tx.deleteFrom('import_tokens').where('instance_id', '=', instanceId).where('id', '=', id).execute();
}
