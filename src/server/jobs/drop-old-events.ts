import { deleteEvent, firstEvent, type OldEvent, settledEvents } from '../../store/kms/due-events.ts';
import type { Job } from './job.ts';
import type { JobsDeps } from './jobs-deps.ts';
import { shiftedBy } from './shifted-by.ts';

/** Drops lifecycle events of long ago that nobody has to follow any more; the audit log keeps what happened. */
export function dropOldEvents(deps: Pick<JobsDeps, 'lifecycle'>): Job<OldEvent> {
  return {
    name: 'old-events',
    isIrreversible: true,
    topics: [],
    ...shiftedBy(deps.lifecycle.eventHistorySeconds * 1000, settledEvents, firstEvent),
    async act(tx, { id }) {
      await deleteEvent(tx, id);
      return { records: [] };
    },
  };
}
