import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { ClusterRunsTable } from '../tables/clusters.ts';

export type RunRow = Selectable<ClusterRunsTable>;
export type RunPatch = Updateable<ClusterRunsTable>;

const OPEN = ['running', 'paused'] as const;

/** The run of a cluster that is not finished; there is at most one. */
export async function findOpenRun(db: Db, clusterId: string): Promise<RunRow | undefined> {
  return await db
    .selectFrom('cluster_runs')
    .selectAll()
    .where('cluster_id', '=', clusterId)
    .where('state', 'in', OPEN)
    .executeTakeFirst();
}

/** The run that was started last, finished or not. */
export async function findLatestRun(db: Db, clusterId: string): Promise<RunRow | undefined> {
  return await db
    .selectFrom('cluster_runs')
    .selectAll()
    .where('cluster_id', '=', clusterId)
    .orderBy('started_at', 'desc')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

export async function findRun(db: Db, runId: string): Promise<RunRow | undefined> {
  return await db.selectFrom('cluster_runs').selectAll().where('id', '=', runId).executeTakeFirst();
}

/** Running runs that stand at one of `steps`, oldest first. */
export async function runsAtSteps(db: Db, steps: readonly string[]): Promise<RunRow[]> {
  return await db
    .selectFrom('cluster_runs')
    .selectAll()
    .where('state', '=', 'running')
    .where('step', 'in', steps)
    .orderBy('started_at')
    .execute();
}

export async function insertRun(tx: Tx, row: Insertable<ClusterRunsTable>): Promise<void> {
  await tx.insertInto('cluster_runs').values(row).execute();
}

/** Changes a run only if it still stands where the caller saw it; false if somebody else moved it. */
export async function updateRunAt(tx: Tx, seen: Pick<RunRow, 'id' | 'step' | 'fence'>, patch: RunPatch): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('cluster_runs')
    .set(patch)
    .where('id', '=', seen.id)
    .where('step', '=', seen.step)
    .where('fence', '=', seen.fence)
    .executeTakeFirst();
  return Number(numUpdatedRows) === 1;
}
