import { SignJWT } from 'jose';
import { RootwardError } from '../../../contract/errors.ts';
import { createToken } from '../../../contract/tokens/create.ts';
import {
  API_KEY_GRANT,
  DELEGATED_REFRESH_GRANT,
  NO_REFRESH_TOKEN,
  REFRESH_GRANT,
  TOKEN_SECONDS,
  type TokenReply,
} from '../../../contract/tokens/grant.ts';
import { endSession, type SessionRow } from '../../../store/iam/sessions.ts';
import { type Handler, handle } from '../../handler.ts';
import type { LoginSource } from '../../principal.ts';
import { endSurplusSessions } from '../sessions/surplus.ts';
import { identityClaims, SCOPE } from './claims.ts';
import { type ClientId, clientOf } from './client-credentials.ts';
import { type Delegation, wantedDelegation } from './delegation.ts';
import { type GrantDeps, type Login, type Refused, targetOf } from './grants/grant.ts';
import { grantOf } from './grants/list.ts';
import { PUBLIC_TARGET } from './public-target.ts';
import { sealDelegatedToken, sealRefreshToken } from './refresh-token.ts';

interface Asked {
  readonly client: ClientId;
  readonly delegation: Delegation | undefined;
  readonly login: Login | (Refused & { readonly ends: SessionRow });
}

/** Grants that go on with a login, and are no login themselves. */
const CONTINUING: ReadonlySet<string> = new Set([REFRESH_GRANT, DELEGATED_REFRESH_GRANT]);

/** Exchanges what proves an identity for an access token. */
export function createTokenHandler(deps: GrantDeps): Handler {
  return handle(createToken, {
    async resolve({ input: { body, headers }, host, now }) {
      const client = clientOf(headers.authorization);
      const grant = grantOf(body.grant_type);
      const delegation = wantedDelegation(body);
      const login = await grant(deps, { body, client, host, now });
      if (!('refusal' in login)) return { target: targetOf(login.identity), record: { client, delegation, login } as Asked };
      const { refusal, event: action, initiator, ends } = login;
      const known = {
        target: initiator ? { ...PUBLIC_TARGET, accountId: initiator.accountId } : PUBLIC_TARGET,
        audit: { action, ...(initiator && { initiator }) },
      };
      // What a refusal changes is changed when it is the pipeline's turn for that.
      return ends ? { ...known, record: { client, delegation, login: { ...login, ends } } } : { ...known, missing: refusal };
    },
    async run({ input, now }, { client, delegation, login }) {
      if ('refusal' in login) {
        await deps.store.change(['iam'], (tx) => endSession(tx, login.ends.id, now));
        throw login.refusal;
      }
      const { identity, actor, event } = login;
      const session = await sessionOf(deps, login, now);
      const source = session ? { sessionId: session.id } : (login.login ?? {});
      const output: TokenReply = {
        ...(await signedToken(deps, login, source, client, now)),
        refresh_token: session
          ? sealRefreshToken(deps.barrier, { sessionId: session.id, number: session.refreshes })
          : NO_REFRESH_TOKEN,
        ...(delegation && { delegated_refresh_token: delegated(deps, login, source, delegation, now) }),
      };
      const { iamId, accountId } = identity.principal;
      if (!CONTINUING.has(input.body.grant_type)) {
        const key = input.body.grant_type === API_KEY_GRANT ? (session?.api_key_id ?? login.login?.apiKeyId) : undefined;
        deps.loginCounts.add(accountId, key === undefined ? [iamId] : [iamId, key], now);
      }
      return {
        output,
        audit: {
          action: event,
          initiator: (actor ?? identity).principal,
          requestData: { grantType: input.body.grant_type },
          responseData: { iamId, accountId },
        },
      };
    },
  });
}

/** Throws UNAUTHENTICATED where somebody else was faster with what can be used once. */
async function sessionOf(deps: GrantDeps, { session }: Login, now: number): Promise<SessionRow | undefined> {
  if (!session) return undefined;
  const begun = await deps.store.change([], session);
  if (begun) {
    const isNew = begun.refreshes === 0;
    if (isNew) await endSurplusSessions(deps.store, { accountId: begun.account_id, iamId: begun.iam_id, now });
    return begun;
  }
  throw new RootwardError('UNAUTHENTICATED', { message: 'This was used for another login just now. Log in again.' });
}

async function signedToken(deps: GrantDeps, login: Login, source: LoginSource, clientId: ClientId, now: number) {
  const issuedAt = Math.floor(now / 1000);
  const expiration = Math.min(issuedAt + (login.seconds ?? TOKEN_SECONDS), Math.floor(login.until / 1000));
  const { identity, actor, grantType } = login;
  const { kid, privateKey } = await deps.signingKeys.current();
  const access_token = await new SignJWT(identityClaims({ identity, actor, login: source, grantType, clientId }))
    .setProtectedHeader({ kid, alg: 'RS256' })
    .setIssuer(deps.issuer())
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiration)
    .setJti(deps.newId())
    .sign(privateKey);
  return { access_token, token_type: 'Bearer' as const, expires_in: expiration - issuedAt, expiration, scope: SCOPE };
}

function delegated(deps: GrantDeps, login: Login, source: LoginSource, { clients, seconds }: Delegation, now: number): string {
  const { accountId, iamId } = login.identity.principal;
  const until = Math.min(now + seconds * 1000, login.until, login.delegableUntil ?? login.until);
  return sealDelegatedToken(deps.barrier, { accountId, iamId, login: source, clients, until });
}
