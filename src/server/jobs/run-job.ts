import { RootwardError } from '../../contract/errors.ts';
import type { Store } from '../../store/store.ts';
import type { Auditor } from '../audit/auditor.ts';
import { type RecordLine, recordLine } from '../audit/chain/record-line.ts';
import type { ClockGuard } from '../clock/clock-guard.ts';
import { failpoint } from '../failpoint.ts';
import type { Done, DueItem, Job } from './job.ts';
import { holdFence, type Lease, RunInterrupted } from './lease.ts';
import { createPace } from './pace.ts';

export interface RunParts {
  readonly store: Store;
  readonly auditor: Pick<Auditor, 'outbox' | 'settle' | 'problems'>;
  readonly clock: ClockGuard;
  /** Items in one transaction, at most. */
  readonly batchSize: number;
  readonly leaseMs: number;
  /** Asked between batches. */
  readonly isStopping: () => boolean;
}

export interface RunResult {
  readonly done: number;
  readonly failed: number;
  /** The first failure, for people; no key material, token or row content is in it. */
  readonly firstError: string | undefined;
  /** False: the server stops, and there may be more. */
  readonly isComplete: boolean;
}

/** Does what is due at or before `before`, page by page, each in one transaction. Throws RunInterrupted, or what made reading fail. */
export async function runJob(parts: RunParts, job: Job, lease: Lease, before: number): Promise<RunResult> {
  let done = 0;
  let failed = 0;
  let firstError: string | undefined;
  const fail = (item: DueItem, error: unknown): void => {
    failed += 1;
    firstError ??= `${item.id}: ${describeFailure(error)}`;
  };
  const pace = createPace(parts.batchSize);
  let after: DueItem | undefined;
  for (;;) {
    if (parts.isStopping()) return { done, failed, firstError, isComplete: false };
    const limit = pace.size;
    const items = await job.due(parts.store.db, { before, after, limit });
    if (items.length > 0) done += await pace.run(() => doTogether(parts, job, lease, before, items, fail));
    after = items.at(-1);
    if (items.length < limit) return { done, failed, firstError, isComplete: true };
  }
}

/** One transaction for all; where that fails, one for each, so that a broken one stops no other. */
async function doTogether(
  parts: RunParts,
  job: Job,
  lease: Lease,
  before: number,
  items: readonly DueItem[],
  fail: (item: DueItem, error: unknown) => void,
): Promise<number> {
  try {
    return await commit(parts, job, lease, before, items);
  } catch (error) {
    if (isInterruption(error)) throw error;
    const [only] = items;
    if (only && items.length === 1) {
      fail(only, error);
      return 0;
    }
  }
  let done = 0;
  for (const item of items) done += await doTogether(parts, job, lease, before, [item], fail);
  return done;
}

async function commit(parts: RunParts, job: Job, lease: Lease, before: number, items: readonly DueItem[]): Promise<number> {
  const { store, auditor, clock } = parts;
  if (auditor.problems().length > 0) throw new RootwardError('AUDIT_UNAVAILABLE');
  const made = await store.change(job.topics, async (tx) => {
    if (clock.doubt()) throw new RunInterrupted('the clock is in doubt');
    const now = clock.now();
    await holdFence(tx, lease, now + parts.leaseMs);
    const all: { readonly after: Done['after']; readonly lines: readonly RecordLine[] }[] = [];
    for (const item of items) {
      const done = await job.act(tx, item, { now, before });
      if (!done) continue;
      const lines = done.records.map(recordLine);
      for (const line of lines) await auditor.outbox(tx, line);
      all.push({ after: done.after, lines });
    }
    return all;
  });
  failpoint(`job-${job.name}`);
  await Promise.all(made.flatMap(({ lines }) => lines.map((line) => auditor.settle(line))));
  for (const after of new Set(made.map(({ after }) => after))) after?.();
  return made.length;
}

function isInterruption(error: unknown): boolean {
  return error instanceof RunInterrupted || (error instanceof RootwardError && error.code === 'AUDIT_UNAVAILABLE');
}

/** What went wrong, in words that may be stored and logged. */
export function describeFailure(error: unknown): string {
  if (error instanceof RootwardError) return `[${error.code}] ${error.message}`;
  return error instanceof Error ? error.name : 'unknown';
}
