import { addJobs, findJob } from '../../store/jobs.ts';
import type { Job, JobName } from './job.ts';
import type { JobMetrics } from './job-metrics.ts';
import { giveBack, isDue, type Lease, type LeaseTimes, RunInterrupted, takeLease } from './lease.ts';
import { describeFailure, type RunParts, runJob } from './run-job.ts';

export interface SchedulerParts extends Omit<RunParts, 'isStopping'> {
  readonly jobs: readonly Job[];
  readonly metrics: JobMetrics;
  /** Names this process among the ones on the store. */
  readonly owner: string;
  /** A job looks at least this often. */
  readonly intervalMs: number;
  /** How long something irreversible has to be due, by two looks, before it is done; 0: at once. */
  readonly confirmMs: number;
  readonly log: { warn(facts: object, message: string): void };
}

export interface Scheduler {
  start(): void;
  /** Every job that is due looks once; drills and tests call it directly. */
  pass(): Promise<void>;
  /** Begins nothing new, and resolves when what is under way is committed. */
  stop(): Promise<void>;
}

const SHORTEST_SLEEP_MS = 1000;
const LONGEST_BACKOFF_MS = 300_000;
const DUE_COUNTED = 1000;

/** Runs jobs that any number of servers share: each is leased by one of them at a time and fenced by what it commits. */
export function createScheduler(parts: SchedulerParts): Scheduler {
  const { store, clock, jobs, metrics, log } = parts;
  const longestWaitMs = Math.max(parts.intervalMs, parts.confirmMs, LONGEST_BACKOFF_MS);
  let stopping = false;
  const timers = new Map<string, NodeJS.Timeout>();
  const underWay = new Map<JobName, Promise<number>>();
  let rows: Promise<void> | undefined;

  const times = (): LeaseTimes => ({ now: clock.now(), leaseMs: parts.leaseMs, longestWaitMs });

  /** One look of one job; how long it may sleep then, in ms. Never rejects. */
  function look(job: Job): Promise<number> {
    const known = underWay.get(job.name);
    if (known) return known;
    const looking = lookSafely(job).finally(() => underWay.delete(job.name));
    underWay.set(job.name, looking);
    return looking;
  }

  async function lookSafely(job: Job): Promise<number> {
    try {
      rows ??= store.change([], (tx) =>
        addJobs(
          tx,
          jobs.map(({ name }) => name),
        ),
      );
      await rows;
      await clock.remember();
      if (stopping || clock.doubt()) return parts.intervalMs;
      const row = await findJob(store.db, job.name);
      if (!row || !isDue(row, times())) return row ? Math.max(row.next_at - clock.now(), 0) : parts.intervalMs;
      const lease = await takeLease(store, job.name, parts.owner, times());
      return lease ? await run(job, lease) : parts.intervalMs;
    } catch (error) {
      rows = undefined;
      metrics.failed(job.name);
      log.warn({ job: job.name, error: describeFailure(error) }, 'a job could not look for what is due');
      return parts.intervalMs;
    }
  }

  async function run(job: Job, lease: Lease): Promise<number> {
    try {
      const now = clock.now();
      const before = job.isIrreversible ? confirmed(lease, now) : now;
      const result =
        before === undefined ? undefined : await runJob({ ...parts, isStopping: () => stopping }, job, lease, before);
      for (let failure = 0; failure < (result?.failed ?? 0); failure += 1) metrics.failed(job.name);
      const error = result?.firstError;
      if (error !== undefined)
        log.warn({ job: job.name, failed: result?.failed, error }, 'a job could not do all that is due; it tries again');
      return await end(job, lease, { error, isComplete: result?.isComplete ?? true, acted: before !== undefined });
    } catch (error) {
      if (error instanceof RunInterrupted) {
        log.warn({ job: job.name, reason: error.message }, 'a run of a job was given up');
        return parts.intervalMs;
      }
      metrics.failed(job.name);
      log.warn({ job: job.name, error: describeFailure(error) }, 'a job failed; it tries again');
      const attempts = lease.row.attempts + 1;
      const wait = backoff(attempts);
      await giveBack(store, lease, { next_at: clock.now() + wait, attempts, last_error: describeFailure(error) });
      return wait;
    }
  }

  /** Up to when an irreversible job may act: what was due at a look that is long enough ago. */
  function confirmed({ row }: Lease, now: number): number | undefined {
    if (parts.confirmMs === 0) return now;
    const seenAt = seenAtOf(row.state, now);
    return seenAt !== undefined && now - seenAt >= parts.confirmMs ? seenAt : undefined;
  }

  async function end(
    job: Job,
    lease: Lease,
    run: { readonly error: string | undefined; readonly isComplete: boolean; readonly acted: boolean },
  ): Promise<number> {
    const now = clock.now();
    const left = (await job.due(store.db, { before: now, after: undefined, limit: DUE_COUNTED })).length;
    metrics.due(job.name, left);
    const attempts = run.error === undefined ? 0 : lease.row.attempts + 1;
    // What became due since the earlier look waits for a second one of its own.
    const earlier = run.acted ? undefined : seenAtOf(lease.row.state, now);
    const seenAt = job.isIrreversible && parts.confirmMs > 0 && left > 0 ? (earlier ?? now) : undefined;
    let next = now + parts.intervalMs;
    if (run.error !== undefined) next = now + backoff(attempts);
    else if (!run.isComplete) next = now;
    else if (seenAt !== undefined) next = seenAt + parts.confirmMs;
    else next = Math.min(next, Math.max((await job.nearest(store.db)) ?? next, now + SHORTEST_SLEEP_MS));
    await giveBack(store, lease, {
      next_at: next,
      attempts,
      state: JSON.stringify(seenAt === undefined ? {} : { seenAt }),
      last_error: run.error ?? null,
      ...(run.error === undefined && { last_done_at: now }),
    });
    if (run.error === undefined) metrics.succeeded(job.name, now);
    return next - now;
  }

  async function loop(job: Job): Promise<void> {
    const wait = await look(job);
    if (stopping) return;
    const sleep = Math.min(Math.max(wait, SHORTEST_SLEEP_MS), parts.intervalMs);
    timers.set(job.name, setTimeout(() => void loop(job), sleep).unref());
  }

  return {
    start() {
      for (const job of jobs) void loop(job);
    },
    async pass() {
      await Promise.all(jobs.map(look));
    },
    async stop() {
      stopping = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(underWay.values());
    },
  };
}

function backoff(attempts: number): number {
  return Math.min(2 ** attempts * SHORTEST_SLEEP_MS, LONGEST_BACKOFF_MS);
}

/** The earlier look that a job remembers; one from the future was made under another clock and is none. */
function seenAtOf(state: string, now: number): number | undefined {
  const { seenAt } = JSON.parse(state) as { seenAt?: unknown };
  return typeof seenAt === 'number' && seenAt <= now ? seenAt : undefined;
}
