import type { Selectable } from 'kysely';
import type { Db } from '../store.ts';
import type { ServiceIdsTable } from '../tables.ts';

export type ServiceIdRow = Selectable<ServiceIdsTable>;

export async function insertServiceId(db: Db, row: ServiceIdRow): Promise<void> {
  await db.insertInto('service_ids').values(row).execute();
}

export function findServiceId(db: Db, accountId: string, id: string): Promise<ServiceIdRow | undefined> {
  return db.selectFrom('service_ids').selectAll().where('account_id', '=', accountId).where('id', '=', id).executeTakeFirst();
}

export interface ServiceIdPage {
  readonly accountId: string;
  readonly name?: string | undefined;
  /** Only ids after this one. */
  readonly after: string;
  readonly limit: number;
}

export function listServiceIds(db: Db, page: ServiceIdPage): Promise<ServiceIdRow[]> {
  let query = db.selectFrom('service_ids').selectAll().where('account_id', '=', page.accountId).where('id', '>', page.after);
  if (page.name !== undefined) query = query.where('name', '=', page.name);
  return query.orderBy('id').limit(page.limit).execute();
}

export async function deleteServiceId(db: Db, accountId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('service_ids')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
