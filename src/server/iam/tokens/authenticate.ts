import { RootwardError } from '../../../contract/errors.ts';
import type { Store } from '../../../store/store.ts';
import type { Principal } from '../../principal.ts';
import { holderOf } from './holder.ts';
import { createTokenDigests } from './token-digest.ts';
import { type VerifyDeps, verifyAccessToken } from './verify.ts';

export interface AuthenticateDeps extends VerifyDeps {
  readonly store: Store;
  readonly now: () => number;
  /** Verified tokens that are kept; beyond it the oldest leave. */
  readonly tokensKept?: number;
}

/** `connection`: the one that the token came by, if any. */
export type Authenticate = (token: string | undefined, connection?: object) => Principal | Promise<Principal>;

interface Verified {
  readonly principal: Principal;
  /** Milliseconds since 1970 at which the token, or its API key or session, ends. */
  readonly until: number;
}

const TOKENS_KEPT = 20_000;

/**
 * Bearer token → principal. A token that was verified before is found by its hash, at once, and gives the same frozen object as
 * before, so that decisions can be kept by identity. Everything kept is forgotten when an identity, API key, session or cluster changes.
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
    const now = deps.now();
    const verified = await verifyAccessToken(deps, token, now);
    const holder = await holderOf(deps.store.db, verified, now);
    if (!holder) {
      const message = 'What this access token was made with is no longer valid.';
      throw new RootwardError('UNAUTHENTICATED', { message });
    }
    const { apiKeyId = '', sessionId = '' } = verified.login;
    const name = `${apiKeyId} ${sessionId} ${verified.iamId}`;
    const principal = samePrincipals.get(name) ?? holder.identity.principal;
    samePrincipals.set(name, principal);
    keepIn.delete(digest);
    if (keepIn.size >= most) keepIn.delete(keepIn.keys().next().value ?? '');
    if (samePrincipals.size > most) samePrincipals.clear();
    keepIn.set(digest, { principal, until: Math.min(verified.expires, holder.until) });
    return principal;
  }
}
