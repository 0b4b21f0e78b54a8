import type { Selectable } from 'kysely';
import type { DuePage } from './kms/due-keys.ts';
import type { Db, Tx } from './store.ts';
import type { ReclamationsTable } from './tables/resources.ts';

export type ReclamationRow = Selectable<ReclamationsTable>;

/** A deleted instance whose time is over. */
export interface DueReclamation {
  readonly dueAt: number;
  readonly id: string;
}

export async function insertReclamation(tx: Tx, row: ReclamationRow): Promise<void> {
  await tx.insertInto('reclamations').values(row).execute();
}

export function findReclamation(db: Db, accountId: string, id: string): Promise<ReclamationRow | undefined> {
  return db.selectFrom('reclamations').selectAll().where('account_id', '=', accountId).where('id', '=', id).executeTakeFirst();
}

/** By id alone, for the server itself. */
export function findReclamationOfAnyAccount(db: Db, id: string): Promise<ReclamationRow | undefined> {
  return db.selectFrom('reclamations').selectAll().where('id', '=', id).executeTakeFirst();
}

export interface ReclamationFilter {
  readonly accountId: string;
  readonly instanceGuid?: string | undefined;
  readonly resourceGroupId?: string | undefined;
}

/** Those that have not ended, the most urgent first. */
export function listScheduledReclamations(db: Db, filter: ReclamationFilter): Promise<ReclamationRow[]> {
  let query = db
    .selectFrom('reclamations')
    .selectAll()
    .where('account_id', '=', filter.accountId)
    .where('state', '=', 'SCHEDULED');
  if (filter.instanceGuid !== undefined) query = query.where('instance_guid', '=', filter.instanceGuid);
  if (filter.resourceGroupId !== undefined) query = query.where('resource_group_id', '=', filter.resourceGroupId);
  return query.orderBy('target_at').orderBy('id').execute();
}

export async function endReclamation(
  tx: Tx,
  id: string,
  end: { readonly state: 'RESTORED' | 'RECLAIMED'; readonly by: string; readonly at: number },
): Promise<void> {
  await tx
    .updateTable('reclamations')
    .set({ state: end.state, updated_at: end.at, updated_by: end.by })
    .where('id', '=', id)
    .execute();
}

export async function dueReclamations(db: Db, { before, after, limit }: DuePage<DueReclamation>): Promise<DueReclamation[]> {
  let query = db
    .selectFrom('reclamations')
    .select(['id', 'target_at as dueAt'])
    .where('state', '=', 'SCHEDULED')
    .where('target_at', '<=', before);
  if (after) query = query.where((eb) => eb(eb.refTuple('target_at', 'id'), '>', eb.tuple(after.dueAt, after.id)));
  return await query.orderBy('target_at').orderBy('id').limit(limit).execute();
}

export async function nextReclamation(db: Db): Promise<number | undefined> {
  const row = await db
    .selectFrom('reclamations')
    .select('target_at')
    .where('state', '=', 'SCHEDULED')
    .orderBy('target_at')
    .limit(1)
    .executeTakeFirst();
  return row?.target_at;
}
