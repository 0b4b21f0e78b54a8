import type { Insertable, Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { ActivationsTable } from '../tables/clusters.ts';

export type ActivationRow = Selectable<ActivationsTable>;

/** Every activation that a cluster ever had, oldest first. */
export async function listActivations(db: Db, clusterId: string): Promise<ActivationRow[]> {
  return await db
    .selectFrom('activations')
    .selectAll()
    .where('cluster_id', '=', clusterId)
    .orderBy('epoch')
    .orderBy('number')
    .execute();
}

export async function findActiveActivation(db: Db, clusterId: string): Promise<ActivationRow | undefined> {
  return await db
    .selectFrom('activations')
    .selectAll()
    .where('cluster_id', '=', clusterId)
    .where('status', '=', 'active')
    .executeTakeFirst();
}

/** Number of the newest activation of a cluster in any epoch; 0 if it never had one. */
export async function newestActivationNumber(db: Db, clusterId: string): Promise<number> {
  const row = await db
    .selectFrom('activations')
    .select((eb) => eb.fn.max('number').as('number'))
    .where('cluster_id', '=', clusterId)
    .executeTakeFirst();
  return Number(row?.number ?? 0);
}

/** Makes `row` the one active activation; the one before it stays known for decryption. */
export async function replaceActiveActivation(tx: Tx, row: Insertable<ActivationsTable>): Promise<void> {
  await retireActivations(tx, row.cluster_id);
  await tx
    .insertInto('activations')
    .values({ ...row, status: 'active' })
    .execute();
}

/** Leaves a cluster without an active activation. */
export async function retireActivations(tx: Tx, clusterId: string): Promise<void> {
  await tx
    .updateTable('activations')
    .set({ status: 'retired' })
    .where('cluster_id', '=', clusterId)
    .where('status', '!=', 'retired')
    .execute();
}
