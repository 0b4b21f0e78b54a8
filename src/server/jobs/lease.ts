import { findJob, type JobRow, updateJobAt } from '../../store/jobs.ts';
import type { Store, Tx } from '../../store/store.ts';

/** The right to run one job, until it is over or somebody else has it. */
export interface Lease {
  readonly row: JobRow;
  readonly owner: string;
  readonly fence: number;
}

export interface LeaseTimes {
  readonly now: number;
  readonly leaseMs: number;
  /** No run is planned further ahead: one that is comes from another clock. */
  readonly longestWaitMs: number;
}

/** No lease is longer: one that seems so comes from another clock. */
const LONGEST_LEASE_MS = 3_600_000;

/** The run of a job ends because somebody else has it, or may not go on. Not a failure of the job. */
export class RunInterrupted extends Error {}

export function isDue(row: JobRow, { now, longestWaitMs }: LeaseTimes): boolean {
  const isFree = row.lease_until === null || row.lease_until <= now || row.lease_until > now + LONGEST_LEASE_MS;
  return isFree && (row.next_at <= now || row.next_at > now + longestWaitMs);
}

/** Takes the job, if it is due and nobody has it. */
export async function takeLease(store: Store, name: string, owner: string, times: LeaseTimes): Promise<Lease | undefined> {
  return await store.change([], async (tx) => {
    const row = await findJob(tx, name);
    if (!row || !isDue(row, times)) return undefined;
    const fence = row.fence + 1;
    const taken = await updateJobAt(tx, name, row.fence, { owner, fence, lease_until: times.now + times.leaseMs });
    return taken ? { row, owner, fence } : undefined;
  });
}

/**
 * In the transaction of an effect: renews the lease, and throws unless it is still ours. Whoever was paused and comes back late
 * changes nothing.
 */
export async function holdFence(tx: Tx, lease: Lease, until: number): Promise<void> {
  if (await updateJobAt(tx, lease.row.name, lease.fence, { lease_until: until })) return;
  throw new RunInterrupted(`job ${lease.row.name} is run by another server by now`);
}

/** Ends a run. Does nothing if somebody else has the job by now. */
export async function giveBack(store: Store, lease: Lease, result: Partial<JobRow>): Promise<void> {
  await store.change([], (tx) => updateJobAt(tx, lease.row.name, lease.fence, { ...result, owner: null, lease_until: null }));
}
