import { keepForOutbox } from './outbox-of-change.ts';
import type { Db, Tx } from './store.ts';

/**
 * Audit records of committed changes, until they are in the chain. Their body is the record's JSON. The row is written at the end of
 * the transaction, if the change `tx` is made.
 */
export async function insertOutbox(tx: Tx, id: string, body: string, at: number, writer: string | null = null): Promise<void> {
  keepForOutbox(tx, { id, body, created_at: at, writer });
}

/** All rows, or those of one writer. */
export function listOutbox(db: Db | Tx, writer?: string): Promise<{ id: string; body: string; created_at: number }[]> {
  let query = db.selectFrom('audit_outbox').select(['id', 'body', 'created_at']);
  if (writer !== undefined) query = query.where('writer', '=', writer);
  return query.orderBy('created_at').orderBy('id').execute();
}

/** Who, beside `own`, has rows from before `before`; null: a server that was alone on its store. */
export async function otherOutboxWriters(db: Db | Tx, own: string, before: number): Promise<(string | null)[]> {
  const rows = await db
    .selectFrom('audit_outbox')
    .select('writer')
    .distinct()
    .where('created_at', '<', before)
    .where((eb) => eb.or([eb('writer', 'is', null), eb('writer', '!=', own)]))
    .execute();
  return rows.map(({ writer }) => writer);
}

/** Makes the rows of `writer` from before `before` those of `own`. Returns how many there were. */
export async function adoptOutbox(tx: Tx, writer: string | null, own: string, before: number): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('audit_outbox')
    .set({ writer: own })
    .where('writer', writer === null ? 'is' : '=', writer)
    .where('created_at', '<', before)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

export async function deleteOutbox(db: Db | Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .deleteFrom('audit_outbox')
    .where('id', 'in', [...ids])
    .execute();
}

export interface StoredCheckpoint {
  readonly writer: string;
  readonly count: number;
  readonly mac: string;
  readonly at: string;
}

export async function writeCheckpoint(db: Db | Tx, checkpoint: StoredCheckpoint): Promise<void> {
  const { count, mac, at } = checkpoint;
  await db
    .insertInto('audit_checkpoints')
    .values(checkpoint)
    .onConflict((conflict) => conflict.column('writer').doUpdateSet({ count, mac, at }))
    .execute();
}

export async function readCheckpoint(db: Db | Tx, writer: string): Promise<StoredCheckpoint | undefined> {
  const row = await db.selectFrom('audit_checkpoints').selectAll().where('writer', '=', writer).executeTakeFirst();
  return row && { ...row, count: Number(row.count) };
}

export async function listCheckpointWriters(db: Db | Tx): Promise<string[]> {
  const rows = await db.selectFrom('audit_checkpoints').select('writer').orderBy('writer').execute();
  return rows.map((row) => row.writer);
}
