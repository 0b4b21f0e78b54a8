import type { Db, Topic, Tx } from '../store.ts';

/** Where the counts of committed changes stand, by topic. */
export type Sequences = ReadonlyMap<Topic, number>;

/** Who keeps what was read in memory, and has to forget it. */
export interface ChangeListener {
  /** Where the counts stand, by the database itself. */
  moved(sequences: Sequences): void;
  /** The same by hearsay: everybody who may log in to a database can say it. Enough to forget by, and nothing to remember. */
  heard(sequences: Sequences): void;
  /** For a while nothing was seen of the database: it may not be the same any more. */
  lostSight(): void;
  /** How often `moved` was told. */
  news(): number;
}

/** What the two engines do each in their way. Everything else of a store is the same for both (`store.ts`, `commit-queue.ts`). */
export interface Engine {
  readonly db: Db;
  /**
   * One transaction for `work`, which no change of another process can come between. `first` runs once that is so, before the
   * transaction reads anything; where it resolves to false, nothing is done. Durable when it resolves.
   */
  commit(first: () => Promise<boolean>, work: (tx: Tx) => Promise<void>): Promise<void>;
  /** Runs `work`, which only reads, while no other process commits a change. Rejects if that could not be kept up to its end. */
  steady(work: () => Promise<void>): Promise<void>;
  snapshot<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Ends the savepoint `one_change` and begins the next. */
  nextSavepoint(tx: Tx): Promise<void>;
  /** Tells the other processes, when `tx` is committed, that the counts have moved. */
  announce(tx: Tx, moved: Sequences): Promise<void>;
  /** Throws REPLICA_BEHIND where another process's change may have gone unnoticed for too long. */
  mustBeInStep(): void;
  readonly names: Names;
  close(): Promise<void>;
}

/** Names that one process at a time has, until it gives them back, ends, or loses its connection. */
export interface Names {
  /** Takes `name` if no other process has it. */
  take(name: string): Promise<boolean>;
  giveBack(name: string): Promise<void>;
  /** Has no process `name`? Then none can take it until the change `tx` ends. */
  isFree(tx: Tx, name: string): Promise<boolean>;
}

/** The name that a replica has while it runs. */
export const nameOfReplica = (replica: string): string => `replica ${replica}`;

/** For one process alone on its store. */
export const EVERY_NAME: Names = {
  take: async () => true,
  giveBack: async () => undefined,
  isFree: async () => true,
};
