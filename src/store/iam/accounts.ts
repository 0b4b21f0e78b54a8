import type { Selectable } from 'kysely';
import type { Db } from '../store.ts';
import type { AccountsTable } from '../tables.ts';

export type AccountRow = Selectable<AccountsTable>;

export async function insertAccount(db: Db, row: AccountRow): Promise<void> {
  await db.insertInto('accounts').values(row).execute();
}

export function findAccount(db: Db, id: string): Promise<AccountRow | undefined> {
  return db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The account that a fresh installation made first, if there is one. */
export function findFirstAccount(db: Db): Promise<AccountRow | undefined> {
  return db.selectFrom('accounts').selectAll().orderBy('created_at').orderBy('id').limit(1).executeTakeFirst();
}
