import type { Kysely, Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { RootwardError } from '../contract/errors.ts';
import { createCommitQueue } from './engines/commit-queue.ts';
import type { ChangeListener, Engine, Names } from './engines/engine.ts';
import { postgresConnections } from './engines/postgres.ts';
import { openPostgresEngine } from './engines/postgres-engine.ts';
import { holdLock, sqliteEngine } from './engines/sqlite.ts';
import { migrations } from './migrations/list.ts';
import type { Tables } from './tables.ts';

/** What a query runs on: the store itself, or a transaction of it. */
export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/** What a change touches. Caches of a topic are emptied after each commit that names it, before anybody is told of the commit. */
export type Topic = 'keys' | 'iam' | 'clusters';

export interface Store {
  readonly db: Db;
  /**
   * Runs `work` in a transaction. When it resolves, the change is durable and every cache of its topics is empty. `first` runs
   * before, when no change of IAM can come between any more; should it reject, nothing is changed. Rejects STORE_UNAVAILABLE where
   * the database is lost; its message says so if the change may have been made nevertheless.
   */
  change<T>(topics: readonly Topic[], work: (tx: Tx) => Promise<T>, first?: () => Promise<void>): Promise<T>;
  /** Moves with every commit that names `topic`, before that commit is told to anybody here; with those of other replicas soon after. */
  generation(topic: Topic): number;
  /** Runs `work`, which only reads, while no change is under way: what it reads is as it is until it resolves. */
  withoutChanges<T>(work: () => Promise<T>): Promise<T>;
  /** Runs `work`, which only reads, on the store as it is now. Changes go on meanwhile, and `work` sees nothing of them. */
  snapshot<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Throws REPLICA_BEHIND while changes of other replicas may have gone unnoticed for more than 2 s. Costs a comparison. */
  mustBeInStep(): void;
  /** Names that one replica at a time has. A process that is alone has them all. */
  readonly names: Names;
  /** Calls `listener` after each commit that names `topic`. */
  onChange(topic: Topic, listener: () => void): void;
  close(): Promise<void>;
}

export interface StorePlace {
  /** Of the embedded store; beside it lies the lock of its directory, whatever the engine. */
  readonly file: string;
  /** Of a PostgreSQL database that is used instead. */
  readonly url?: string | undefined;
}

/** Opens the store for a server, creating or migrating it. Throws DATA_DIR_IN_USE, CONFIG or STORE_UNAVAILABLE. */
export async function openStore({ file, url }: StorePlace): Promise<Store> {
  const lock = holdLock(`${file}.lock`);
  if (!lock)
    throw new RootwardError('DATA_DIR_IN_USE', {
      message: `Another server uses the store ${file}.`,
      hint: 'Stop it, or choose another directory with --data-dir.',
    });
  try {
    if (url !== undefined) return await onPostgres(url, migrateToLatest, lock.release);
    const engine = sqliteEngine(file, { readOnly: false });
    await migrateToLatest(engine.db).catch(async (error: unknown) => {
      await engine.close();
      throw error;
    });
    return storeOn(engine, createCounts(), lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Opens an existing store for a command that works beside its servers, and never migrates it. */
export async function joinStore({ file, url }: StorePlace): Promise<Store> {
  return url === undefined ? readSqliteStore(file) : await onPostgres(url, undefined, () => undefined);
}

/** The embedded store, in `file`. Throws DATA_DIR_IN_USE while another process writes it. */
export function openSqliteStore(file: string): Promise<Store> {
  return openStore({ file });
}

/** Opens an existing embedded store for reading, also beside the server that writes it. */
export function readSqliteStore(file: string): Store {
  return storeOn(sqliteEngine(file, { readOnly: true }), createCounts(), () => undefined);
}

async function migrateToLatest(db: Db): Promise<void> {
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
  if (error) throw error;
}

async function onPostgres(url: string, migrate: ((db: Db) => Promise<void>) | undefined, release: () => void): Promise<Store> {
  const counts = createCounts();
  const engine = await openPostgresEngine(postgresConnections(url), migrate, counts);
  return storeOn(engine, counts, release);
}

interface Counts extends ChangeListener {
  generation(topic: Topic): number;
  onChange(topic: Topic, listener: () => void): void;
}

const TOPICS: readonly Topic[] = ['keys', 'iam', 'clusters'];

/**
 * Counts of the database are compared with the last ones for being others, not for being higher: a database that took the place of
 * one that was lost may have lost changes with it. What is given out as a generation only ever grows.
 */
function createCounts(): Counts {
  const listeners = new Map<Topic, (() => void)[]>();
  const known: Record<Topic, number> = { keys: 0, iam: 0, clusters: 0 };
  const generations: Record<Topic, number> = { keys: 0, iam: 0, clusters: 0 };
  let news = 0;
  function changed(topics: readonly Topic[]): void {
    for (const topic of topics) generations[topic] += 1;
    for (const topic of topics) for (const listener of listeners.get(topic) ?? []) listener();
  }
  return {
    generation: (topic) => generations[topic],
    news: () => news,
    moved(sequences) {
      news += 1;
      const others = TOPICS.filter((topic) => sequences.has(topic) && sequences.get(topic) !== known[topic]);
      for (const topic of others) known[topic] = sequences.get(topic) ?? 0;
      changed(others);
    },
    heard(sequences) {
      changed(TOPICS.filter((topic) => (sequences.get(topic) ?? 0) > known[topic]));
    },
    lostSight: () => changed(TOPICS),
    onChange(topic, listener) {
      listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
    },
  };
}

function storeOn(engine: Engine, counts: Counts, release: () => void): Store {
  const queue = createCommitQueue(engine, counts.moved);
  return {
    db: engine.db,
    change: queue.change,
    withoutChanges: queue.withoutChanges,
    generation: counts.generation,
    onChange: counts.onChange,
    snapshot: engine.snapshot,
    mustBeInStep: engine.mustBeInStep,
    names: engine.names,
    async close() {
      await queue.idle();
      await engine.close();
      release();
    },
  };
}
