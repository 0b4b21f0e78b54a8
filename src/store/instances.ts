import type { Selectable } from 'kysely';
import type { Db } from './store.ts';
import type { InstancesTable } from './tables.ts';

export type InstanceRow = Selectable<InstancesTable>;

export async function insertInstance(db: Db, row: InstanceRow): Promise<void> {
  await db.insertInto('instances').values(row).execute();
}

/** In any state: a removed instance is still known, so that its second deletion can say so. */
export function findInstance(db: Db, accountId: string, guid: string): Promise<InstanceRow | undefined> {
  return db.selectFrom('instances').selectAll().where('account_id', '=', accountId).where('guid', '=', guid).executeTakeFirst();
}

/** By GUID alone, for callers that decide about the account themselves: a cluster uses an instance of another account. */
export function findInstanceOfAnyAccount(db: Db, guid: string): Promise<InstanceRow | undefined> {
  return db.selectFrom('instances').selectAll().where('guid', '=', guid).executeTakeFirst();
}

export interface InstancePage {
  readonly accountId: string;
  readonly guid?: string | undefined;
  readonly name?: string | undefined;
  readonly resourceGroupId?: string | undefined;
  readonly service?: string | undefined;
  readonly planId?: string | undefined;
  readonly state: 'active' | 'removed';
  /** Only GUIDs after this one. */
  readonly after: string;
  readonly limit: number;
}

export function listInstances(db: Db, page: InstancePage): Promise<InstanceRow[]> {
  let query = db
    .selectFrom('instances')
    .selectAll()
    .where('account_id', '=', page.accountId)
    .where('state', '=', page.state)
    .where('guid', '>', page.after);
  if (page.guid !== undefined) query = query.where('guid', '=', page.guid);
  if (page.name !== undefined) query = query.where('name', '=', page.name);
  if (page.resourceGroupId !== undefined) query = query.where('resource_group_id', '=', page.resourceGroupId);
  if (page.service !== undefined) query = query.where('service', '=', page.service as InstanceRow['service']);
  if (page.planId !== undefined) query = query.where('plan_id', '=', page.planId);
  return query.orderBy('guid').limit(page.limit).execute();
}

/** Keys that are not Destroyed (state 5): while there is one, the instance stays. */
export async function countLiveKeys(db: Db, accountId: string, guid: string): Promise<number> {
  const { count } = await db
    .selectFrom('keys')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('instance_id', '=', guid)
    .where('state', '!=', 5)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Names of clusters, of whatever account, whose Secrets a key of this instance seals. `accountId` owns the instance. */
export async function clustersUsingInstance(db: Db, accountId: string, guid: string): Promise<string[]> {
  const rows = await db
    .selectFrom('clusters')
    .select('name')
    .where('kms_account_id', '=', accountId)
    .where('kms_instance_id', '=', guid)
    .where('deleted_at', 'is', null)
    .orderBy('name')
    .execute();
  return rows.map(({ name }) => name);
}

export async function markInstanceRemoved(
  db: Db,
  accountId: string,
  guid: string,
  by: { iamId: string; at: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('instances')
    .set({ state: 'removed', deleted_at: by.at, deleted_by: by.iamId, updated_at: by.at, updated_by: by.iamId })
    .where('account_id', '=', accountId)
    .where('guid', '=', guid)
    .where('state', '=', 'active')
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
