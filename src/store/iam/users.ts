import type { Selectable } from 'kysely';
import type { Db } from '../store.ts';
import type { AccountUsersTable } from '../tables.ts';

export type MembershipRow = Selectable<AccountUsersTable>;
/** A user of an account: the membership with what is known of the person. */
export type UserRow = MembershipRow & { readonly email: string; readonly name: string; readonly realm: string };

export async function insertUser(db: Db, row: MembershipRow): Promise<void> {
  await db.insertInto('account_users').values(row).execute();
}

export function findUser(db: Db, accountId: string, iamId: string): Promise<UserRow | undefined> {
  return usersQuery(db).where('u.account_id', '=', accountId).where('u.iam_id', '=', iamId).executeTakeFirst();
}

function usersQuery(db: Db) {
  return db
    .selectFrom('account_users as u')
    .innerJoin('people as p', 'p.iam_id', 'u.iam_id')
    .select(['u.account_id', 'u.iam_id', 'u.state', 'u.added_at', 'u.added_by', 'p.email', 'p.name', 'p.realm']);
}
