import { type ApiKeyRow, findApiKey } from '../../../store/iam/api-keys.ts';
import { findSession } from '../../../store/iam/sessions.ts';
import type { Db } from '../../../store/store.ts';
import type { LoginSource } from '../../principal.ts';
import { type Identity, identityOf, identityOfKey } from '../identity.ts';
import { actAs } from './acting-as.ts';

/** What a token says of whose it is. */
export interface Held {
  readonly accountId: string;
  readonly iamId: string;
  readonly login: LoginSource;
}

/** Whose a token is, as things are now. */
export interface Holder {
  readonly identity: Identity;
  /** Who logged in, where that is another: the service ID behind a CRN, the user behind a trusted profile. */
  readonly actor?: Identity;
  /** Milliseconds since 1970: the end of the API key or session, as far as it has one. */
  readonly until: number;
}

/**
 * The holder of a token, unless what it hangs on has ended: its API key or session, its user, service ID or trusted profile, or the
 * right to act as that. `now` in ms since 1970.
 */
export async function holderOf(db: Db, { accountId, iamId, login }: Held, now: number): Promise<Holder | undefined> {
  const base =
    login.sessionId === undefined ? await byKey(db, accountId, login, now) : await bySession(db, accountId, login.sessionId, now);
  if (!base || base.identity.principal.iamId === iamId) return base;
  const acting = await actAs(db, base.identity, iamId, now);
  if ('refused' in acting) return undefined;
  const until = Math.min(base.until, acting.until ?? base.until);
  return { identity: acting.identity, actor: base.identity, until };
}

async function byKey(
  db: Db,
  accountId: string,
  { apiKeyId = '', secretEpoch = 0 }: LoginSource,
  now: number,
): Promise<Holder | undefined> {
  const key = await findApiKey(db, accountId, apiKeyId);
  if (key?.secret_epoch !== secretEpoch) return undefined;
  const identity = await identityOfKey(db, key, now);
  return identity && { identity, until: endOf(key) };
}

async function bySession(db: Db, accountId: string, sessionId: string, now: number): Promise<Holder | undefined> {
  const session = await findSession(db, sessionId);
  if (session?.account_id !== accountId || session.ended_at !== null || session.expires_at <= now) return undefined;
  if (session.api_key_id === null) {
    const { iam_id: iamId } = session;
    const identity = await identityOf(db, { accountId, iamId, credential: 'user', login: { sessionId } });
    return identity && { identity, until: session.expires_at };
  }
  const login = { sessionId, apiKeyId: session.api_key_id };
  const key = await findApiKey(db, accountId, session.api_key_id);
  const identity = key?.iam_id === session.iam_id ? await identityOfKey(db, key, now, login) : undefined;
  return key && identity && { identity, until: Math.min(session.expires_at, endOf(key)) };
}

function endOf(key: ApiKeyRow): number {
  return key.expires_at ?? Number.POSITIVE_INFINITY;
}
