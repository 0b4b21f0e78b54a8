import { RootwardError } from '../../../../contract/errors.ts';
import { DELEGATED_REFRESH_GRANT } from '../../../../contract/tokens/grant.ts';
import { holderOf } from '../holder.ts';
import { openDelegatedToken } from '../refresh-token.ts';
import { type Grant, loginEvent, required } from './grant.ts';

/** Another client goes on as whoever had it given a token for that. */
export const delegatedRefreshGrant: Grant = async (deps, { body, client, host, now }) => {
  const token = openDelegatedToken(deps.barrier, required(body, 'delegated_refresh_token'), now);
  const holder = token?.clients.includes(client) ? await holderOf(deps.store.db, token, now) : undefined;
  if (!token || !holder) {
    const message = 'The delegated refresh token is not valid for this client or has expired.';
    const refusal = deps.guesses.wrong(host.address, now, new RootwardError('UNAUTHENTICATED', { message }));
    return { refusal, event: 'iam-identity.delegated-refreshtoken.login' };
  }
  const { identity, actor, until } = holder;
  const event = loginEvent(identity, 'delegated-refreshtoken');
  const login = { identity, actor, login: token.login, until, delegableUntil: token.until };
  return { ...login, grantType: DELEGATED_REFRESH_GRANT, event };
};
