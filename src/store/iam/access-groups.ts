import type { Selectable } from 'kysely';
import type { Db } from '../store.ts';
import type { AccessGroupMembersTable, AccessGroupsTable } from '../tables/iam.ts';

export type AccessGroupRow = Selectable<AccessGroupsTable>;
export type AccessGroupMemberRow = Selectable<AccessGroupMembersTable>;

/** Ids of the access groups that an identity is in; each is the subject of its group's policies. */
export async function groupsOf(db: Db, accountId: string, iamId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('access_group_members')
    .select('group_id')
    .where('account_id', '=', accountId)
    .where('iam_id', '=', iamId)
    .orderBy('group_id')
    .execute();
  return rows.map(({ group_id }) => group_id);
}

export async function insertAccessGroup(db: Db, row: AccessGroupRow): Promise<void> {
  await db.insertInto('access_groups').values(row).execute();
}

export function findAccessGroup(db: Db, accountId: string, id: string): Promise<AccessGroupRow | undefined> {
  return db.selectFrom('access_groups').selectAll().where('account_id', '=', accountId).where('id', '=', id).executeTakeFirst();
}

export function findAccessGroupByName(db: Db, accountId: string, name: string): Promise<AccessGroupRow | undefined> {
  return db
    .selectFrom('access_groups')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('name', '=', name)
    .executeTakeFirst();
}

/** Every group of an account, by name; with `memberIamId` those that this identity is in. */
export function listAccessGroups(db: Db, accountId: string, memberIamId?: string): Promise<AccessGroupRow[]> {
  let query = db.selectFrom('access_groups').selectAll().where('account_id', '=', accountId);
  if (memberIamId !== undefined) {
    query = query.where('id', 'in', (eb) =>
      eb
        .selectFrom('access_group_members')
        .select('group_id')
        .where('account_id', '=', accountId)
        .where('iam_id', '=', memberIamId),
    );
  }
  return query.orderBy('name').orderBy('id').execute();
}

/** Writes all that can change of a group. */
export async function updateAccessGroup(db: Db, row: AccessGroupRow): Promise<void> {
  await db
    .updateTable('access_groups')
    .set({
      name: row.name,
      description: row.description,
      entity_tag: row.entity_tag,
      modified_at: row.modified_at,
      modified_by: row.modified_by,
    })
    .where('account_id', '=', row.account_id)
    .where('id', '=', row.id)
    .execute();
}

/** The group and its memberships; false: there is none. Its policies are those of its id as subject. */
export async function deleteAccessGroup(db: Db, accountId: string, id: string): Promise<boolean> {
  await db.deleteFrom('access_group_members').where('account_id', '=', accountId).where('group_id', '=', id).execute();
  const { numDeletedRows } = await db
    .deleteFrom('access_groups')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Adds a member; whoever is in the group already stays as he is. */
export async function insertMember(db: Db, row: AccessGroupMemberRow): Promise<void> {
  await db
    .insertInto('access_group_members')
    .values(row)
    .onConflict((conflict) => conflict.columns(['group_id', 'iam_id']).doNothing())
    .execute();
}

export function findMember(db: Db, groupId: string, iamId: string): Promise<AccessGroupMemberRow | undefined> {
  return db
    .selectFrom('access_group_members')
    .selectAll()
    .where('group_id', '=', groupId)
    .where('iam_id', '=', iamId)
    .executeTakeFirst();
}

export interface MemberPage {
  readonly groupId: string;
  /** What the ids of the wanted members begin with; absent: all. */
  readonly prefix?: string | undefined;
  /** What the ids of unwanted members begin with. */
  readonly notPrefix?: string | undefined;
  readonly descending?: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** Members of a group in the order of their ids. */
export function listMembers(db: Db, page: MemberPage): Promise<AccessGroupMemberRow[]> {
  return membersQuery(db, page)
    .selectAll()
    .orderBy('iam_id', page.descending ? 'desc' : 'asc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

export async function countMembers(db: Db, page: Omit<MemberPage, 'offset' | 'limit'>): Promise<number> {
  const { total } = await membersQuery(db, page)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return Number(total);
}

function membersQuery(db: Db, { groupId, prefix, notPrefix }: Omit<MemberPage, 'offset' | 'limit'>) {
  let query = db.selectFrom('access_group_members').where('group_id', '=', groupId);
  if (prefix !== undefined) query = query.where('iam_id', '>=', prefix).where('iam_id', '<', after(prefix));
  if (notPrefix !== undefined) {
    query = query.where((eb) => eb.or([eb('iam_id', '<', notPrefix), eb('iam_id', '>=', after(notPrefix))]));
  }
  return query;
}

/** The first text after all that begin with `prefix`, which ends in ASCII. */
function after(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

export async function deleteMember(db: Db, groupId: string, iamId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('access_group_members')
    .where('group_id', '=', groupId)
    .where('iam_id', '=', iamId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Takes an identity that ends out of every group of the account. */
export async function deleteMembershipsOf(db: Db, accountId: string, iamId: string): Promise<void> {
  await db.deleteFrom('access_group_members').where('account_id', '=', accountId).where('iam_id', '=', iamId).execute();
}
