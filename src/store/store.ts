import { Kysely, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { RootwardError } from '../contract/errors.ts';
import { migrations } from './migrations/list.ts';
import { holdLock, sqliteDialect } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** What a query runs on: the store itself, or a transaction of it. */
export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/** What a change touches. Caches of a topic are emptied after each commit that names it, before anybody is told of the commit. */
export type Topic = 'keys' | 'iam' | 'clusters';

export interface Store {
  readonly db: Db;
  /**
   * Runs `work` in one transaction. When it resolves, the change is durable and every cache of its topics is empty. `first` runs
   * before the transaction begins, when no other change can come between any more; should it reject, nothing is changed.
   */
  change<T>(topics: readonly Topic[], work: (tx: Tx) => Promise<T>, first?: () => Promise<void>): Promise<T>;
  /** How many commits of this process have named `topic`. Moves before a commit is told to anybody. */
  generation(topic: Topic): number;
  /** Runs `work`, which only reads, while no change is under way: what it reads is as it is until it resolves. */
  withoutChanges<T>(work: () => Promise<T>): Promise<T>;
  /** Runs `work`, which only reads, on the store as it is now. Changes go on meanwhile, and `work` sees nothing of them. */
  snapshot<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Calls `listener` after each commit that names `topic`. */
  onChange(topic: Topic, listener: () => void): void;
  close(): Promise<void>;
}

/** Opens (and creates or migrates) the embedded store in `file`. Throws DATA_DIR_IN_USE while another process writes it. */
export async function openSqliteStore(file: string): Promise<Store> {
  const lock = holdLock(`${file}.lock`);
  if (!lock)
    throw new RootwardError('DATA_DIR_IN_USE', {
      message: `Another server uses the store ${file}.`,
      hint: 'Stop it, or choose another directory with --data-dir.',
    });
  try {
    const db = new Kysely<Tables>({ dialect: sqliteDialect(file, { readOnly: false }) });
    const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
    if (error) {
      await db.destroy();
      throw error;
    }
    return storeOn(db, file, lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Opens an existing store for reading, also beside the server that writes it. */
export function readSqliteStore(file: string): Store {
  return storeOn(new Kysely<Tables>({ dialect: sqliteDialect(file, { readOnly: true }) }), file, () => undefined);
}

function storeOn(db: Db, file: string, release: () => void): Store {
  const listeners = new Map<Topic, (() => void)[]>();
  const generations: Record<Topic, number> = { keys: 0, iam: 0, clusters: 0 };
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other, in the order of asking. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    // Who asked learns of the failure; whoever comes next only waits for the end.
    last = done.catch(() => undefined);
    return done;
  };
  return {
    db,
    change: (topics, work, first) =>
      alone(async () => {
        await first?.();
        const result = await db.transaction().execute(async (tx) => {
          const made = await work(tx);
          for (const topic of topics) await moveSequence(tx, topic);
          return made;
        });
        for (const topic of topics) generations[topic] += 1;
        for (const topic of topics) for (const listener of listeners.get(topic) ?? []) listener();
        return result;
      }),
    generation: (topic) => generations[topic],
    withoutChanges: alone,
    async snapshot(work) {
      const view = new Kysely<Tables>({ dialect: sqliteDialect(file, { readOnly: true }) });
      try {
        return await view.transaction().execute(async (tx) => {
          // The view begins with its first read.
          await tx.selectFrom('change_sequence').select('topic').limit(1).execute();
          return await work(tx);
        });
      } finally {
        await view.destroy();
      }
    },
    onChange(topic, listener) {
      listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
    },
    async close() {
      await db.destroy();
      release();
    },
  };
}

async function moveSequence(tx: Tx, topic: Topic): Promise<void> {
  await tx
    .insertInto('change_sequence')
    .values({ topic, value: 1 })
    .onConflict((conflict) => conflict.column('topic').doUpdateSet((eb) => ({ value: eb('change_sequence.value', '+', 1) })))
    .execute();
}
