import { errors, jwtVerify } from 'jose';
import { RootwardError } from '../../../contract/errors.ts';
import { findApiKey } from '../../../store/iam/api-keys.ts';
import type { Store } from '../../../store/store.ts';
import type { Principal } from '../../principal.ts';
import { identityOfKey } from '../identity.ts';
import { API_KEY_CLAIM } from './claims.ts';
import type { SigningKeys } from './signing-keys.ts';
import { createTokenDigests } from './token-digest.ts';

export interface AuthenticateDeps {
  readonly store: Store;
  readonly signingKeys: SigningKeys;
  readonly issuer: () => string;
  readonly now: () => number;
  /** Verified tokens that are kept; beyond it the oldest leave. */
  readonly tokensKept?: number;
}

/** `connection`: the one that the token came by, if any. */
export type Authenticate = (token: string | undefined, connection?: object) => Principal | Promise<Principal>;

interface Verified {
  readonly principal: Principal;
  /** Milliseconds since 1970 at which the token, or its API key, ends. */
  readonly until: number;
}

const TOKENS_KEPT = 20_000;

/**
 * Bearer token → principal. A token that was verified before is found by its hash, at once, and gives the same frozen object as
 * before, so that decisions can be kept by identity. Everything kept is forgotten when an identity, API key or cluster changes.
 */
export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  const most = deps.tokensKept ?? TOKENS_KEPT;
  const digestOf = createTokenDigests();
  let tokens = new Map<string, Verified>();
  let principals = new Map<string, Principal>();
  const forget = (): void => {
    tokens = new Map();
    principals = new Map();
  };
  deps.store.onChange('iam', forget);
  deps.store.onChange('clusters', forget);

  return (token, connection) => {
    if (token === undefined || token === '') throw new RootwardError('UNAUTHENTICATED');
    const digest = digestOf(token, connection);
    const known = tokens.get(digest);
    if (known && deps.now() < known.until) return known.principal;
    return verify(token, digest);
  };

  async function verify(token: string, digest: string): Promise<Principal> {
    // What is read from here on may be old by the time it is read; then it must not be kept in the new maps.
    const keepIn = tokens;
    const samePrincipals = principals;
    const { apiKeyId, accountId, expires } = await verifySignature(token);
    const key = await findApiKey(deps.store.db, accountId, apiKeyId);
    const identity = key && (await identityOfKey(deps.store.db, key, deps.now()));
    if (!key || !identity)
      throw new RootwardError('UNAUTHENTICATED', { message: 'The API key of this access token is no longer valid.' });
    const principal = samePrincipals.get(key.id) ?? identity.principal;
    samePrincipals.set(key.id, principal);
    keepIn.delete(digest);
    if (keepIn.size >= most) keepIn.delete(keepIn.keys().next().value ?? '');
    if (samePrincipals.size > most) samePrincipals.clear();
    keepIn.set(digest, { principal, until: Math.min(expires, key.expires_at ?? expires) });
    return principal;
  }

  async function verifySignature(token: string): Promise<{ apiKeyId: string; accountId: string; expires: number }> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => findKey(kid), {
        algorithms: ['RS256'],
        issuer: deps.issuer(),
        currentDate: new Date(deps.now()),
        requiredClaims: ['exp', 'iat', API_KEY_CLAIM],
      });
      const account = payload.account as { bss?: unknown } | undefined;
      const apiKeyId = payload[API_KEY_CLAIM];
      if (typeof apiKeyId !== 'string' || typeof account?.bss !== 'string') throw new RootwardError('UNAUTHENTICATED');
      return { apiKeyId, accountId: account.bss, expires: Number(payload.exp) * 1000 };
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new RootwardError('TOKEN_EXPIRED');
      if (error instanceof errors.JOSEError) throw new RootwardError('UNAUTHENTICATED', { cause: error });
      throw error;
    }
  }

  async function findKey(kid: string | undefined) {
    const key = kid === undefined ? undefined : await deps.signingKeys.publicKey(kid);
    if (!key)
      throw new RootwardError('UNAUTHENTICATED', { message: 'The access token was signed with a key that is not known here.' });
    return key;
  }
}
