import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { AccountUsersTable } from '../tables/iam.ts';
import { deleteMembershipsOf } from './access-groups.ts';
import { deleteApiKeysOf } from './api-keys.ts';
import { LOCAL_REALM } from './people.ts';
import { deletePoliciesOf } from './policies.ts';
import { endSessionsOf } from './sessions.ts';

export type MembershipRow = Selectable<AccountUsersTable>;
export type UserState = MembershipRow['state'];
/** A user of an account: the membership with what is known of the person. */
export type UserRow = MembershipRow & { readonly email: string; readonly name: string; readonly realm: string };

export async function insertUser(db: Db, row: MembershipRow): Promise<void> {
  await db.insertInto('account_users').values(row).execute();
}

export function findUser(db: Db, accountId: string, iamId: string): Promise<UserRow | undefined> {
  return usersQuery(db).where('u.account_id', '=', accountId).where('u.iam_id', '=', iamId).executeTakeFirst();
}

export interface UserFilter {
  readonly accountId: string;
  /** Users of whom one of these holds; absent: all. */
  readonly anyOf?: readonly { readonly column: 'email' | 'state' | 'iam_id' | 'realm'; readonly value: string }[] | undefined;
}

/** Users of an account after an id, by id. */
export function listUsers(db: Db, filter: UserFilter & { readonly after: string; readonly limit: number }): Promise<UserRow[]> {
  return narrowed(usersQuery(db), filter).where('u.iam_id', '>', filter.after).orderBy('u.iam_id').limit(filter.limit).execute();
}

export async function countUsers(db: Db, filter: UserFilter): Promise<number> {
  const counted = db
    .selectFrom(narrowed(usersQuery(db), filter).as('wanted'))
    .select((eb) => eb.fn.countAll<number>().as('total'));
  return Number((await counted.executeTakeFirstOrThrow()).total);
}

/** The accounts that a person is in, in whatever state. */
export function membershipsOf(db: Db, iamId: string): Promise<MembershipRow[]> {
  return db.selectFrom('account_users').selectAll().where('iam_id', '=', iamId).orderBy('account_id').execute();
}

/** False: the user has another state by now, or is gone. */
export async function changeUserState(
  tx: Tx,
  { account_id, iam_id }: Pick<MembershipRow, 'account_id' | 'iam_id'>,
  from: UserState,
  to: UserState,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('account_users')
    .set({ state: to })
    .where('account_id', '=', account_id)
    .where('iam_id', '=', iam_id)
    .where('state', '=', from)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/**
 * Ends what a user is logged in by in this account. His API keys stay, each under its next entity tag, but do nothing until they are
 * enabled again.
 */
export async function shutOutUser(
  tx: Tx,
  { account_id, iam_id }: Pick<MembershipRow, 'account_id' | 'iam_id'>,
  nextTag: (tag: string) => string,
  now: number,
): Promise<void> {
  await endLogins(tx, account_id, iam_id, now);
  const keys = tx.selectFrom('api_keys').select(['id', 'entity_tag']).where('account_id', '=', account_id);
  for (const { id, entity_tag } of await keys.where('iam_id', '=', iam_id).where('disabled', '=', 0).execute()) {
    const changed = { disabled: 1, entity_tag: nextTag(entity_tag), modified_at: now };
    await tx.updateTable('api_keys').set(changed).where('account_id', '=', account_id).where('id', '=', id).execute();
  }
}

/** Takes a user out of an account with all that he had there, so that whoever is invited again inherits nothing. False: he is gone. */
export async function removeUser(tx: Tx, accountId: string, iamId: string, now: number): Promise<boolean> {
  await endLogins(tx, accountId, iamId, now);
  await deleteApiKeysOf(tx, accountId, iamId);
  await deletePoliciesOf(tx, accountId, iamId);
  await deleteMembershipsOf(tx, accountId, iamId);
  await tx
    .deleteFrom('profile_identities')
    .where('account_id', '=', accountId)
    .where('type', '=', 'user')
    .where('identifier', '=', iamId)
    .execute();
  await tx.deleteFrom('invitations').where('account_id', '=', accountId).where('iam_id', '=', iamId).execute();
  const { numDeletedRows } = await tx
    .deleteFrom('account_users')
    .where('account_id', '=', accountId)
    .where('iam_id', '=', iamId)
    .executeTakeFirstOrThrow();
  await forgetStranger(tx, iamId);
  return numDeletedRows > 0n;
}

/** Whoever was only ever invited, and by nobody any more, is not kept. */
async function forgetStranger(tx: Tx, iamId: string): Promise<void> {
  const [membership] = await membershipsOf(tx, iamId);
  if (membership) return;
  await tx
    .deleteFrom('people')
    .where('iam_id', '=', iamId)
    .where('realm', '=', LOCAL_REALM)
    .where('password_hash', 'is', null)
    .execute();
}

async function endLogins(tx: Tx, accountId: string, iamId: string, now: number): Promise<void> {
  await endSessionsOf(tx, accountId, iamId, now);
  await tx.deleteFrom('passcodes').where('account_id', '=', accountId).where('iam_id', '=', iamId).execute();
}

function usersQuery(db: Db) {
  return db
    .selectFrom('account_users as u')
    .innerJoin('people as p', 'p.iam_id', 'u.iam_id')
    .select(['u.account_id', 'u.iam_id', 'u.state', 'u.added_at', 'u.added_by', 'p.email', 'p.name', 'p.realm']);
}

function narrowed(query: ReturnType<typeof usersQuery>, { accountId, anyOf }: UserFilter) {
  const inAccount = query.where('u.account_id', '=', accountId);
  if (anyOf === undefined) return inAccount;
  return inAccount.where((eb) => eb.or(anyOf.map(({ column, value }) => eb(sql.ref(TABLES[column]), '=', value))));
}

const TABLES = { email: 'p.email', realm: 'p.realm', state: 'u.state', iam_id: 'u.iam_id' } as const;
