import type { Insertable, Selectable } from 'kysely';
import type { Db } from '../store.ts';
import type { ServiceIdsTable } from '../tables/iam.ts';
import { inOrder, type RowPage } from './row-page.ts';

export type ServiceIdRow = Selectable<ServiceIdsTable>;

export async function insertServiceId(db: Db, row: Insertable<ServiceIdsTable>): Promise<void> {
  await db.insertInto('service_ids').values(row).execute();
}

export function findServiceId(db: Db, accountId: string, id: string): Promise<ServiceIdRow | undefined> {
  return db.selectFrom('service_ids').selectAll().where('account_id', '=', accountId).where('id', '=', id).executeTakeFirst();
}

export interface ServiceIdPage extends RowPage {
  readonly accountId: string;
  readonly name?: string | undefined;
}

export function listServiceIds(db: Db, page: ServiceIdPage): Promise<ServiceIdRow[]> {
  return serviceIdsQuery(db, page).execute();
}

export function serviceIdsQuery(db: Db, page: ServiceIdPage) {
  let query = db.selectFrom('service_ids').selectAll().where('account_id', '=', page.accountId);
  if (page.name !== undefined) query = query.where('name', '=', page.name);
  return inOrder(query, page);
}

/** Writes all that can change of a service ID. */
export async function changeServiceId(db: Db, row: ServiceIdRow): Promise<void> {
  await db
    .updateTable('service_ids')
    .set({
      name: row.name,
      description: row.description,
      entity_tag: row.entity_tag,
      locked: row.locked,
      modified_at: row.modified_at,
      unique_instance_crns: row.unique_instance_crns,
    })
    .where('account_id', '=', row.account_id)
    .where('id', '=', row.id)
    .execute();
}

export async function deleteServiceId(db: Db, accountId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('service_ids')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
