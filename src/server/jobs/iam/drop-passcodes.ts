import { dropOldPasscodes, firstPasscodeExpiry } from '../../../store/iam/passcodes.ts';
import type { Db } from '../../../store/store.ts';
import type { DueItem, Job } from '../job.ts';

/** Drops passcodes that nobody has used in time, all at once: there are never many. */
export function dropPasscodes(): Job {
  return {
    name: 'passcodes',
    isIrreversible: true,
    topics: [],
    async due(db: Db, { before, after }): Promise<DueItem[]> {
      const dueAt = await firstPasscodeExpiry(db);
      return after || dueAt === undefined || dueAt > before ? [] : [{ dueAt, id: 'passcodes' }];
    },
    nearest: firstPasscodeExpiry,
    async act(tx, _item, { before }) {
      await dropOldPasscodes(tx, before);
      return { records: [] };
    },
  };
}
