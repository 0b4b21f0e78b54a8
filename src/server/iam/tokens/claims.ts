import type { JWTPayload } from 'jose';
import type { LoginSource } from '../../principal.ts';
import type { Identity } from '../identity.ts';

/** The claim that ties a token to the API key it was made with: deleting the key ends the token. */
export const API_KEY_CLAIM = 'apikey_id';
/** The claim that says which of the key's secrets it was made with: a rotation at once ends the tokens before it. Absent: the first. */
export const SECRET_EPOCH_CLAIM = 'apikey_epoch';
/** The claim that ties a token to a session. */
export const SESSION_CLAIM = 'session_id';

export const SCOPE = 'ibm openid';

export interface ClaimsOf {
  readonly identity: Identity;
  /** Who acts as that identity, if it is another's. */
  readonly actor?: Identity | undefined;
  readonly login: LoginSource;
  readonly grantType: string;
  readonly clientId: string;
}

/** The claims that say who the caller is, in the shape that published clients decode. Times, issuer and id are added when signing. */
export function identityClaims({ identity, actor, login, grantType, clientId }: ClaimsOf): JWTPayload {
  const { principal } = identity;
  const { iamId, accountId } = principal;
  const isCrn = principal.kind === 'cluster' || principal.kind === 'service';
  const held = holderClaims(identity);
  return {
    iam_id: iamId,
    id: iamId,
    ...realmOf(identity),
    ...held,
    account: { valid: true, bss: accountId },
    authn: authnClaims(actor ?? identity),
    ...(principal.kind === 'profile' && actor && { act: authnClaims(actor) }),
    ...(principal.kind === 'cluster' && { purpose: principal.role }),
    ...(login.sessionId === undefined ? keyClaims(login) : { [SESSION_CLAIM]: login.sessionId }),
    grant_type: grantType,
    scope: SCOPE,
    client_id: clientId,
    ...(isCrn ? { acr: 0, amr: [] } : { acr: 1, amr: ['pwd'] }),
  };
}

function keyClaims({ apiKeyId, secretEpoch = 0 }: LoginSource): JWTPayload {
  return { [API_KEY_CLAIM]: apiKeyId, ...(secretEpoch > 0 && { [SECRET_EPOCH_CLAIM]: secretEpoch }) };
}

/** Realm and identifier: `IBMid` and `270003GUSX`, `iam` and `ServiceId-…`, `crn` and the CRN. */
function realmOf({ principal, realm }: Identity): { realmid: string; identifier: string } {
  const { iamId } = principal;
  const realmid = realm !== undefined && iamId.startsWith(`${realm}-`) ? realm : iamId.slice(0, iamId.indexOf('-'));
  return { realmid, identifier: iamId.slice(realmid.length + 1) };
}

function holderClaims(identity: Identity): { sub: string } & Record<string, string> {
  const { principal, email } = identity;
  const { identifier } = realmOf(identity);
  switch (principal.kind) {
    case 'user':
      return { sub: email ?? identifier, name: principal.name, ...namesOf(principal.name), email: email ?? '' };
    case 'service-id':
      return { sub: identifier, sub_type: 'ServiceId', name: principal.name };
    case 'profile':
      return { sub: identifier, sub_type: 'Profile', name: principal.name };
    case 'cluster':
    case 'service':
      return { sub: principal.crn, sub_type: 'CRN' };
  }
}

function authnClaims(identity: Identity): Record<string, string> {
  const { iamId, name } = identity.principal;
  return { ...holderClaims(identity), iam_id: iamId, name };
}

function namesOf(name: string): { given_name: string; family_name: string } {
  const [given = '', ...rest] = name.split(' ');
  return { given_name: given, family_name: rest.join(' ') };
}
