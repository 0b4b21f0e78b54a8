import type { Selectable } from 'kysely';
import type { Db, Tx } from './store.ts';
import type { JobsTable } from './tables/server.ts';

export type JobRow = Selectable<JobsTable>;

export function listJobs(db: Db | Tx): Promise<JobRow[]> {
  return db.selectFrom('jobs').selectAll().orderBy('name').execute();
}

export function findJob(db: Db | Tx, name: string): Promise<JobRow | undefined> {
  return db.selectFrom('jobs').selectAll().where('name', '=', name).executeTakeFirst();
}

/** Adds the jobs that have no row yet; they are due at once. */
export async function addJobs(tx: Tx, names: readonly string[]): Promise<void> {
  const none = { owner: null, lease_until: null, fence: 0, attempts: 0, state: '{}', last_error: null, last_done_at: null };
  for (const name of names) {
    await tx
      .insertInto('jobs')
      .values({ name, next_at: 0, ...none })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
  }
}

/** Changes a job whose fence is still the given one. False: somebody else has it by now, and nothing was changed. */
export async function updateJobAt(tx: Tx, name: string, fence: number, change: Partial<JobRow>): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('jobs')
    .set(change)
    .where('name', '=', name)
    .where('fence', '=', fence)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Forgets what jobs have seen in earlier runs, and lets them look at once. */
export async function restartJobs(tx: Tx): Promise<void> {
  await tx.updateTable('jobs').set({ state: '{}', next_at: 0 }).execute();
}
