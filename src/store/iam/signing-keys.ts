import type { Selectable } from 'kysely';
import type { Db } from '../store.ts';
import type { SigningKeysTable } from '../tables.ts';

export type SigningKeyRow = Selectable<SigningKeysTable>;

export async function insertSigningKey(db: Db, row: SigningKeyRow): Promise<void> {
  await db.insertInto('signing_keys').values(row).execute();
}

/** Newest first; retired keys are still there, because tokens that they signed may still be in use. */
export function listSigningKeys(db: Db): Promise<SigningKeyRow[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('created_at', 'desc').orderBy('kid').execute();
}
