import type { DuePage } from '../../store/kms/due-keys.ts';
import type { Db } from '../../store/store.ts';
import type { DueItem, Job } from './job.ts';

/** Due is not the instant that a row holds, but `delayMs` later. */
export function shiftedBy<I extends DueItem>(
  delayMs: number,
  due: (db: Db, page: DuePage<I>) => Promise<I[]>,
  first: (db: Db) => Promise<number | undefined>,
): Pick<Job<I>, 'due' | 'nearest'> {
  return {
    due: (db, page) => due(db, { ...page, before: page.before - delayMs }),
    async nearest(db) {
      const at = await first(db);
      return at === undefined ? undefined : at + delayMs;
    },
  };
}
