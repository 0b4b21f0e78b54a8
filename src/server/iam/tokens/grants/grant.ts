import { RootwardError } from '../../../../contract/errors.ts';
import type { TokenRequest } from '../../../../contract/tokens/grant.ts';
import type { SessionRow } from '../../../../store/iam/sessions.ts';
import type { Tx } from '../../../../store/store.ts';
import type { CallHost } from '../../../handler.ts';
import type { LoginSource, Principal } from '../../../principal.ts';
import type { Target } from '../../../target.ts';
import type { IamDeps } from '../../iam-deps.ts';
import type { Identity } from '../../identity.ts';
import type { ClientId } from '../client-credentials.ts';
import type { GuessLimit } from '../guesses/guess-limit.ts';

export interface GrantDeps extends IamDeps {
  readonly guesses: GuessLimit;
}

/** A token request. `now` in ms since 1970. */
export interface Ask {
  readonly body: TokenRequest;
  readonly client: ClientId;
  readonly host: CallHost;
  readonly now: number;
}

/** Whom a token is made for. */
export interface Login {
  readonly identity: Identity;
  /** Who acts as that identity, if it is another's. */
  readonly actor?: Identity | undefined;
  /** What the token hangs on; absent: on the session of `session`. */
  readonly login?: LoginSource;
  /** No token lives longer. Milliseconds since 1970. */
  readonly until: number;
  /** No token for another client lives longer than what was shown for this one, or each would be good for the next. */
  readonly delegableUntil?: number;
  /** Life of the access token where it is not the usual one. */
  readonly seconds?: number;
  /** The claim: how the session was begun, also where it is refreshed. */
  readonly grantType: string;
  /** The audit event's name. */
  readonly event: string;
  /** Begins or goes on with a session, and uses up what can be used once. Undefined: that was used up already. */
  readonly session?: (tx: Tx) => Promise<SessionRow | undefined>;
}

export interface Refused {
  readonly refusal: RootwardError;
  readonly event: string;
  /** Who asked, if that is known. */
  readonly initiator?: Principal;
  /** A session that has to end because of this. */
  readonly ends?: SessionRow;
}

/** One way to get a token: from the form to whom it is for. It only reads. */
export type Grant = (deps: GrantDeps, ask: Ask) => Promise<Login | Refused>;

/** Throws INVALID_FIELD where the form lacks what its grant needs. */
export function required(body: TokenRequest, name: keyof TokenRequest): string {
  const value = body[name];
  if (value !== undefined && value !== '') return value;
  throw new RootwardError('INVALID_FIELD', { message: `Field ${name} is missing.`, target: { type: 'field', name } });
}

/** `iam-identity.user-<way>.login`, or that of another kind of identity. */
export function loginEvent({ principal }: Identity, way: string): string {
  const kinds = { user: 'user', 'service-id': 'serviceid', profile: 'profile', cluster: 'crn', service: 'crn' };
  return `iam-identity.${kinds[principal.kind]}-${way}.login`;
}

/** An identity as the target of a login's record. */
export function targetOf({ principal }: Identity): Target {
  const { accountId, iamId, name } = principal;
  return { serviceName: 'iam-identity', accountId, resourceType: 'identity', resource: iamId, name };
}
