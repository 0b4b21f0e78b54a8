import { RootwardError } from '../../../../contract/errors.ts';
import { API_KEY_GRANT, PASSCODE_GRANT, PASSWORD_GRANT } from '../../../../contract/tokens/grant.ts';
import { findSession, type SessionRow } from '../../../../store/iam/sessions.ts';
import { judgeRefresh, refreshSession } from '../../sessions/session.ts';
import { holderOf } from '../holder.ts';
import { openRefreshToken } from '../refresh-token.ts';
import { type Grant, loginEvent, type Refused, required } from './grant.ts';

const BEGUN_BY: Readonly<Record<SessionRow['kind'], string>> = {
  apikey: API_KEY_GRANT,
  password: PASSWORD_GRANT,
  passcode: PASSCODE_GRANT,
};
const EVENT = 'iam-identity.refreshtoken.login';

/**
 * Each refresh token is good once. One that comes again was stolen, from us or by us: nobody can tell, so its session ends, and with it
 * every token of both.
 */
export const refreshGrant: Grant = async (deps, { body, client, host, now }) => {
  const { db } = deps.store;
  const opened = openRefreshToken(deps.barrier, required(body, 'refresh_token'));
  const session = opened && (await findSession(db, opened.sessionId));
  const unknown = (): Refused => {
    const error = new RootwardError('UNAUTHENTICATED', { message: 'The refresh token is not valid or has expired.' });
    return { refusal: deps.guesses.wrong(host.address, now, error), event: EVENT };
  };
  if (!opened || session?.client_id !== client) return unknown();
  const verdict = judgeRefresh(session, opened.number, now);
  if (verdict === 'unknown') return unknown();
  const { id: sessionId, account_id: accountId, iam_id: iamId } = session;
  const holder = await holderOf(db, { accountId, iamId, login: { sessionId } }, now);
  if (!holder) return unknown();
  const { identity, until } = holder;
  const event = loginEvent(identity, 'refreshtoken');
  if (verdict === 'used') {
    const message = 'The refresh token was used before. Its session has ended: log in again.';
    return { refusal: new RootwardError('UNAUTHENTICATED', { message }), event, initiator: identity.principal, ends: session };
  }
  return {
    identity,
    until,
    grantType: BEGUN_BY[session.kind],
    event,
    session: async (tx) => (verdict === 'again' ? session : refreshSession(tx, session.id, opened.number, now)),
  };
};
