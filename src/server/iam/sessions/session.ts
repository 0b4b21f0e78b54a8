import { advanceSession, findSession, insertSession, type SessionRow } from '../../../store/iam/sessions.ts';
import type { Tx } from '../../../store/store.ts';
import type { IdSource } from '../iam-deps.ts';

/** From the login on, however often it is refreshed. */
export const SESSION_MS = 30 * 86_400_000;
/** A refresh token may be used again this long: its client may never have got the answer. */
export const GRACE_MS = 10_000;

export type NewSession = Pick<SessionRow, 'account_id' | 'iam_id' | 'kind' | 'client_id'> & {
  readonly api_key_id?: string | null;
  readonly claims?: string | null;
  /** At the latest; by default 30 days from now. Milliseconds since 1970. */
  readonly until?: number;
  readonly now: number;
};

/** Begins a session. Nothing that is cached changes by that, so its transaction needs no topic. */
export async function beginSession(
  tx: Tx,
  ids: Pick<IdSource, 'newId'>,
  { now, until, ...wanted }: NewSession,
): Promise<SessionRow> {
  const row: SessionRow = {
    id: ids.newId(),
    account_id: wanted.account_id,
    iam_id: wanted.iam_id,
    kind: wanted.kind,
    api_key_id: wanted.api_key_id ?? null,
    client_id: wanted.client_id,
    refreshes: 0,
    refreshed_at: now,
    created_at: now,
    expires_at: Math.min(now + SESSION_MS, until ?? Number.POSITIVE_INFINITY),
    ended_at: null,
    claims: wanted.claims ?? null,
  };
  await insertSession(tx, row);
  return row;
}

/** What a refresh token of a number is to its session. `used`: two hold what only one was given, so the session has to end. */
export type RefreshVerdict = 'good' | 'again' | 'used' | 'unknown';

export function judgeRefresh(session: SessionRow, number: number, now: number): RefreshVerdict {
  if (session.ended_at !== null || session.expires_at <= now || number > session.refreshes) return 'unknown';
  if (number === session.refreshes) return 'good';
  return number === session.refreshes - 1 && now - session.refreshed_at <= GRACE_MS ? 'again' : 'used';
}

/** Uses up the refresh token `number`; the session with the number of the next one. Undefined: it is good no more. */
export async function refreshSession(tx: Tx, id: string, number: number, now: number): Promise<SessionRow | undefined> {
  await advanceSession(tx, id, number, now);
  const session = await findSession(tx, id);
  // Whoever came at the same time gets the same next token, as if he had lost the answer.
  return session && judgeRefresh(session, number, now) === 'again' ? session : undefined;
}
