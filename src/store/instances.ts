import type { Selectable, Updateable } from 'kysely';
import type { Db, Tx } from './store.ts';
import type { InstancesTable } from './tables/resources.ts';

export type InstanceRow = Selectable<InstancesTable>;
export type InstanceState = InstanceRow['state'];

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
  readonly updatedFrom?: number | undefined;
  readonly updatedTo?: number | undefined;
  readonly states: readonly InstanceState[];
  /** Only GUIDs after this one. */
  readonly after: string;
  readonly limit: number;
}

export async function listInstances(db: Db, page: InstancePage): Promise<InstanceRow[]> {
  if (page.states.length === 0) return [];
  let query = db
    .selectFrom('instances')
    .selectAll()
    .where('account_id', '=', page.accountId)
    .where('state', 'in', page.states)
    .where('guid', '>', page.after);
  if (page.guid !== undefined) query = query.where('guid', '=', page.guid);
  if (page.name !== undefined) query = query.where('name', '=', page.name);
  if (page.resourceGroupId !== undefined) query = query.where('resource_group_id', '=', page.resourceGroupId);
  if (page.service !== undefined) query = query.where('service', '=', page.service as InstanceRow['service']);
  if (page.planId !== undefined) query = query.where('plan_id', '=', page.planId);
  if (page.updatedFrom !== undefined) query = query.where('updated_at', '>=', page.updatedFrom);
  if (page.updatedTo !== undefined) query = query.where('updated_at', '<=', page.updatedTo);
  return await query.orderBy('guid').limit(page.limit).execute();
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

export async function updateInstance(tx: Tx, guid: string, patch: Updateable<InstancesTable>): Promise<void> {
  await tx.updateTable('instances').set(patch).where('guid', '=', guid).execute();
}

/** Removes everything that an instance holds, and its key: its row alone stays, so that its GUID is known to be gone. */
export async function eraseInstance(tx: Tx, guid: string): Promise<void> {
  const keys = tx.selectFrom('keys').select('id').where('instance_id', '=', guid);
  await tx.deleteFrom('registrations').where('key_id', 'in', keys).execute();
  await tx.deleteFrom('key_policies').where('key_id', 'in', keys).execute();
  await tx.deleteFrom('key_versions').where('key_id', 'in', keys).execute();
  await tx.deleteFrom('key_aliases').where('instance_id', '=', guid).execute();
  await tx.deleteFrom('keys').where('instance_id', '=', guid).execute();
  await tx.deleteFrom('key_rings').where('instance_id', '=', guid).execute();
  await tx.deleteFrom('import_tokens').where('instance_id', '=', guid).execute();
  await tx.deleteFrom('instance_policies').where('instance_id', '=', guid).execute();
  await tx.deleteFrom('instance_usage').where('instance_id', '=', guid).execute();
  await updateInstance(tx, guid, { sealed_key: new Uint8Array() });
}
