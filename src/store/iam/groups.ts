import type { Selectable } from 'kysely';
import type { Db } from '../store.ts';
import type { ResourceGroupsTable } from '../tables.ts';

export type ResourceGroupRow = Selectable<ResourceGroupsTable>;

export async function insertGroup(db: Db, row: ResourceGroupRow): Promise<void> {
  await db.insertInto('resource_groups').values(row).execute();
}

export function findGroup(db: Db, accountId: string, id: string): Promise<ResourceGroupRow | undefined> {
  return db.selectFrom('resource_groups').selectAll().where('account_id', '=', accountId).where('id', '=', id).executeTakeFirst();
}

export function findDefaultGroup(db: Db, accountId: string): Promise<ResourceGroupRow | undefined> {
  return db
    .selectFrom('resource_groups')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('is_default', '=', 1)
    .executeTakeFirst();
}

export function listGroups(db: Db, accountId: string): Promise<ResourceGroupRow[]> {
  return db.selectFrom('resource_groups').selectAll().where('account_id', '=', accountId).orderBy('name').orderBy('id').execute();
}
