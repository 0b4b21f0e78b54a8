import type { Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { ResourceGroupsTable } from '../tables/resources.ts';

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

export async function renameGroup(tx: Tx, id: string, change: { readonly name: string; readonly at: number }): Promise<void> {
  await tx.updateTable('resource_groups').set({ name: change.name, updated_at: change.at }).where('id', '=', id).execute();
}

export async function deleteGroup(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('resource_groups').where('id', '=', id).execute();
}

/** Is an instance that is not removed for good, or a cluster, in the group? */
export async function isGroupInUse(tx: Tx, accountId: string, id: string): Promise<boolean> {
  const instance = await tx
    .selectFrom('instances')
    .select('guid')
    .where('account_id', '=', accountId)
    .where('resource_group_id', '=', id)
    .where('state', '!=', 'removed')
    .limit(1)
    .executeTakeFirst();
  if (instance) return true;
  const cluster = await tx
    .selectFrom('clusters')
    .select('id')
    .where('account_id', '=', accountId)
    .where('resource_group_id', '=', id)
    .where('deleted_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return cluster !== undefined;
}
