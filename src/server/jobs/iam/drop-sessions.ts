import { deleteSession, firstSessionEnd, sessionsOver } from '../../../store/iam/sessions.ts';
import type { Job } from '../job.ts';

/** Drops sessions that have ended or expired. No token of theirs is good any more, so nothing that is cached changes. */
export function dropSessions(): Job {
  return {
    name: 'sessions',
    isIrreversible: true,
    topics: [],
    due: sessionsOver,
    nearest: firstSessionEnd,
    async act(tx, { id }, { before }) {
      await deleteSession(tx, id, before);
      return { records: [] };
    },
  };
}
