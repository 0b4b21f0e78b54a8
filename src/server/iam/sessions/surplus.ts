import { countLiveSessions, endOldestSessions, type WhoseSessions } from '../../../store/iam/sessions.ts';
import type { Store } from '../../../store/store.ts';

/** Sessions that an identity may have at a time, of all of its clients in an account. */
export const MOST_SESSIONS = 1000;
/** What is left of them once there are more. Ending some together empties the caches of IAM once, and not at every login. */
export const KEPT_SESSIONS = 900;

/** A program that logs in anew for each thing it does must not fill the store: those of its sessions end that were not refreshed for the longest time. */
export async function endSurplusSessions(store: Store, whose: WhoseSessions): Promise<void> {
  if ((await countLiveSessions(store.db, whose)) <= MOST_SESSIONS) return;
  await store.change(['iam'], (tx) => endOldestSessions(tx, whose, KEPT_SESSIONS));
}
