import type { Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { AccountsTable } from '../tables/iam.ts';
import type { UserState } from './users.ts';

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

/** Every account of the installation, by name. */
export function listEveryAccount(db: Db): Promise<AccountRow[]> {
  return db.selectFrom('accounts').selectAll().orderBy('name').orderBy('id').execute();
}

/** The accounts that a person is in, by name, and what he is there. */
export function accountsOf(db: Db, iamId: string): Promise<(AccountRow & { readonly state: UserState })[]> {
  return db
    .selectFrom('accounts as a')
    .innerJoin('account_users as u', 'u.account_id', 'a.id')
    .select(['a.id', 'a.name', 'a.owner_iam_id', 'a.created_at', 'u.state'])
    .where('u.iam_id', '=', iamId)
    .orderBy('a.name')
    .orderBy('a.id')
    .execute();
}

/** Names an account anew, or hands it over. */
export async function updateAccount(tx: Tx, id: string, to: Pick<AccountRow, 'name' | 'owner_iam_id'>): Promise<void> {
  await tx.updateTable('accounts').set(to).where('id', '=', id).execute();
}
