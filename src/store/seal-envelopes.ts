import type { Db, Tx } from './store.ts';

export interface StoredEnvelope {
  readonly id: string;
  readonly kind: string;
  readonly body: string;
  readonly created_at: number;
}

/** Each envelope holds the barrier key; any one of them opens it. */
export function listEnvelopes(db: Db | Tx): Promise<StoredEnvelope[]> {
  return db.selectFrom('seal_envelopes').selectAll().orderBy('created_at').execute();
}

export async function insertEnvelope(tx: Tx, envelope: StoredEnvelope): Promise<void> {
  await tx.insertInto('seal_envelopes').values(envelope).execute();
}

export async function deleteEnvelopes(tx: Tx, kind: string): Promise<void> {
  await tx.deleteFrom('seal_envelopes').where('kind', '=', kind).execute();
}
