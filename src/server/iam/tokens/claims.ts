import type { JWTPayload } from 'jose';
import type { Identity } from '../identity.ts';

/** The claim that ties a token to the API key it was made with: deleting the key ends the token. */
export const API_KEY_CLAIM = 'apikey_id';

const SCOPE = 'ibm openid';

/** The claims that say who the caller is, in the shape that published clients decode. Times, issuer and id are added when signing. */
export function identityClaims(identity: Identity, apiKeyId: string): JWTPayload {
  const { principal } = identity;
  const account = { valid: true, bss: principal.accountId };
  const common = { iam_id: principal.iamId, id: principal.iamId, account, scope: SCOPE, [API_KEY_CLAIM]: apiKeyId };
  if (principal.kind === 'cluster') {
    return {
      ...common,
      realmid: 'crn',
      identifier: principal.crn,
      sub: principal.crn,
      sub_type: 'CRN',
      authn: { sub: principal.crn, iam_id: principal.iamId, name: principal.name },
      purpose: principal.role,
      grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
      client_id: 'default',
      acr: 0,
      amr: [],
    };
  }
  const [realmid, identifier] = splitIamId(principal.iamId);
  const holder =
    principal.kind === 'user'
      ? { sub: identity.email ?? identifier, name: principal.name, ...namesOf(principal.name), email: identity.email ?? '' }
      : { sub: identifier, sub_type: 'ServiceId', name: principal.name };
  return {
    ...common,
    ...holder,
    realmid,
    identifier,
    authn: { ...holder, iam_id: principal.iamId },
    grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
    client_id: 'default',
    acr: 1,
    amr: ['pwd'],
  };
}

/** `IBMid-270003GUSX` → realm and identifier. */
function splitIamId(iamId: string): [string, string] {
  const dash = iamId.indexOf('-');
  return [iamId.slice(0, dash), iamId.slice(dash + 1)];
}

function namesOf(name: string): { given_name: string; family_name: string } {
  const [given = '', ...rest] = name.split(' ');
  return { given_name: given, family_name: rest.join(' ') };
}
