import { type KyselyPlugin, sql } from 'kysely';
import { openOutbox, writeOutbox } from '../outbox-of-change.ts';
import type { Topic, Tx } from '../store.ts';
import type { AuditOutboxTable } from '../tables/server.ts';
import { type BatchMemory, createBatchMemory, forgetAll, giveMemory } from './batch-memory.ts';
import type { Engine, Sequences } from './engine.ts';

/** Changes that one transaction takes at most: what waits longer has a transaction of its own. */
const MOST_AT_ONCE = 128;

interface Waiting {
  reject(error: unknown): void;
}

interface Change extends Waiting {
  readonly topics: readonly Topic[];
  readonly first: (() => Promise<void>) | undefined;
  /** Does the change and keeps its result. */
  work(tx: Tx): Promise<void>;
  /** Tells the caller that the result is durable. */
  succeed(): void;
}

interface Reading extends Waiting {
  /** Reads and keeps what came of it; never rejects. */
  work(): Promise<void>;
  /** Tells the caller what came of it. */
  finish(): void;
}

export interface CommitQueue {
  change<T>(topics: readonly Topic[], work: (tx: Tx) => Promise<T>, first?: () => Promise<void>): Promise<T>;
  withoutChanges<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
}

/**
 * Changes one after the other, in the order of asking, and group commit: those that wait at the same time share one transaction,
 * each in a savepoint of its own, so that one commit makes all of them durable. A change that fails is undone alone; where the
 * commit fails, none of them was made. `moved` runs after the commit and before any of them is told.
 */
export function createCommitQueue(engine: Engine, moved: (sequences: Sequences) => void): CommitQueue {
  let changes: Change[] = [];
  /** In the order of asking; changes that follow each other are one entry. */
  const queue: (Change[] | Reading[])[] = [];
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    for (;;) {
      // Whatever this turn of the event loop brings joins: a turn costs microseconds, a commit a sync of the disk.
      await nextTurn();
      const entry = queue.shift();
      if (!entry) break;
      if (entry === changes) changes = [];
      if (isChanges(entry)) await commit(entry);
      else await read(entry);
    }
    running = undefined;
  }

  async function commit(batch: readonly Change[]): Promise<void> {
    let admitted: Change[] = [];
    const made: Change[] = [];
    let sequences: Sequences = new Map();
    try {
      await engine.commit(
        async () => {
          admitted = await admit(batch);
          return admitted.length > 0;
        },
        async (tx) => {
          if (admitted.length > 1) await sql`savepoint one_change`.execute(tx);
          const records: AuditOutboxTable[] = [];
          const memory = createBatchMemory();
          for (const [at, change] of admitted.entries()) {
            if (at > 0) await engine.nextSavepoint(tx);
            const left = await attempt(tx, change, memory, admitted.length === 1);
            if (!left) continue;
            made.push(change);
            records.push(...left);
          }
          await writeOutbox(tx, records);
          const topics = new Set(made.flatMap(({ topics: named }) => named));
          sequences = await moveSequences(tx, [...topics].sort());
          if (sequences.size > 0) await engine.announce(tx, sequences);
        },
      );
    } catch (error) {
      // Those that were refused already do not hear this.
      for (const change of batch) change.reject(error);
      return;
    }
    moved(sequences);
    for (const change of made) change.succeed();
  }

  async function read(readings: readonly Reading[]): Promise<void> {
    try {
      await engine.steady(async () => {
        await Promise.all(readings.map((reading) => reading.work()));
      });
    } catch (error) {
      for (const reading of readings) reading.reject(error);
      return;
    }
    for (const reading of readings) reading.finish();
  }

  function start(): void {
    running ??= run();
  }

  return {
    change: (topics, work, first) =>
      new Promise((resolve, reject) => {
        let made: Awaited<ReturnType<typeof work>>;
        const change: Change = {
          topics,
          first,
          work: async (tx) => {
            made = await work(tx);
          },
          succeed: () => resolve(made),
          reject,
        };
        if (queue.at(-1) !== changes || changes.length >= MOST_AT_ONCE) {
          changes = [];
          queue.push(changes);
        }
        changes.push(change);
        // Nothing that was decided before a change of IAM may be committed after it: whoever comes next is asked again.
        if (topics.includes('iam')) changes = [];
        start();
      }),
    withoutChanges: (work) =>
      new Promise((resolve, reject) => {
        let finish = (): void => undefined;
        const reading: Reading = {
          work: () =>
            work().then(
              (value) => {
                finish = () => resolve(value);
              },
              (error: unknown) => {
                finish = () => reject(error);
              },
            ),
          finish: () => finish(),
          reject,
        };
        const last = queue.at(-1);
        if (last && !isChanges(last)) last.push(reading);
        else queue.push([reading]);
        start();
      }),
    idle: async () => {
      while (running) await running;
    },
  };
}

const isChanges = (entry: Change[] | Reading[]): entry is Change[] => entry.some((waiting) => 'topics' in waiting);

/** Asks every `first`; those who are refused learn it at once and are left out. */
async function admit(batch: readonly Change[]): Promise<Change[]> {
  const asked = await Promise.allSettled(batch.map(async (change) => change.first?.()));
  return batch.filter((change, at) => {
    const answer = asked[at];
    if (answer?.status === 'rejected') change.reject(answer.reason);
    return answer?.status === 'fulfilled';
  });
}

/**
 * Does one change in its savepoint; the audit records that it leaves, or undefined if it failed and was undone. A change that is
 * alone fails with its transaction.
 */
async function attempt(
  tx: Tx,
  change: Change,
  memory: BatchMemory,
  alone: boolean,
): Promise<readonly AuditOutboxTable[] | undefined> {
  const own = untilEnd();
  const ownTx = tx.withPlugin(own.plugin);
  const outbox = openOutbox(ownTx);
  giveMemory(ownTx, memory);
  try {
    await change.work(ownTx);
    return outbox.rows;
  } catch (error) {
    own.end();
    if (alone) throw error;
    forgetAll(memory);
    await sql`rollback to savepoint one_change`.execute(tx);
    change.reject(error);
    return undefined;
  } finally {
    own.end();
    outbox.close();
  }
}

/** Refuses queries after `end`: what a change that failed still does behind its back must not get into the next one. */
function untilEnd(): { readonly plugin: KyselyPlugin; end(): void } {
  let ended = false;
  return {
    plugin: {
      transformQuery({ node }) {
        if (ended) throw new Error('a query came after the end of its change');
        return node;
      },
      transformResult: async ({ result }) => result,
    },
    end() {
      ended = true;
    },
  };
}

async function moveSequences(tx: Tx, topics: readonly Topic[]): Promise<Sequences> {
  if (topics.length === 0) return new Map();
  const rows = await tx
    .insertInto('change_sequence')
    .values(topics.map((topic) => ({ topic, value: 1 })))
    .onConflict((conflict) => conflict.column('topic').doUpdateSet((eb) => ({ value: eb('change_sequence.value', '+', 1) })))
    .returning(['topic', 'value'])
    .execute();
  return new Map(rows.map(({ topic, value }) => [topic as Topic, value]));
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
