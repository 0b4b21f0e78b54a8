import type { DuePage } from '../../store/kms/due-keys.ts';
import type { Db, Topic, Tx } from '../../store/store.ts';
import type { AuditRecord } from '../audit/records/record.ts';

export const JOB_NAMES = [
  'expire',
  'rotate',
  'purge',
  'reclaim',
  'deletion-authorizations',
  'import-tokens',
  'event-deadlines',
  'old-events',
  'signing-keys',
  'retired-signing-keys',
  'sessions',
  'passcodes',
] as const;
export type JobName = (typeof JOB_NAMES)[number];

/** One thing that is to be done since `dueAt`. */
export interface DueItem {
  readonly dueAt: number;
  readonly id: string;
}

/** What was done with one item. */
export interface Done {
  /** Written in the same transaction. */
  readonly records: readonly AuditRecord[];
  /** Runs after the commit; the same function of several items runs once. It must not fail. */
  readonly after?: () => void;
}

export interface JobTimes {
  readonly now: number;
  /** What is due at or before this instant is done. */
  readonly before: number;
}

/**
 * One kind of scheduled work. The scheduler leases it, reads what is due in small pages, and lets each item be done in a transaction
 * that also holds the fence and the audit record.
 */
export interface Job<I extends DueItem = DueItem> {
  readonly name: JobName;
  /** Cannot be undone: done only with what was due on an earlier look already. */
  readonly isIrreversible: boolean;
  /** What its changes touch. */
  readonly topics: readonly Topic[];
  due(db: Db, page: DuePage<I>): Promise<I[]>;
  /** When the next item becomes due; undefined: there is none. */
  nearest(db: Db): Promise<number | undefined>;
  /** Reads the item again and does it. Undefined: there is nothing to do with it any more. */
  act(tx: Tx, item: I, times: JobTimes): Promise<Done | undefined>;
}
