import Type, { type TProperties } from 'typebox';
import { count, crn, exactly, flag, hex32, iamId, instant, maybe, text, UUID } from '../common-shapes.ts';

const idOf = (kind: string) => Type.String({ pattern: `^${kind}-${UUID}$` });
const name = Type.String({ minLength: 1, maxLength: 100 });
const dates = { created_at: instant, modified_at: instant };
/** Changes with every change; the client gives it back in If-Match. */
const entity_tag = text;

/** Where `include_activity` asks for it. */
const asked = { activity: exactly({ last_authn: maybe(instant), authn_count: count }) };

const API_KEY = {
  id: idOf('ApiKey'),
  entity_tag,
  crn: crn('iam-identity', `:apikey:ApiKey-${UUID}`),
  locked: flag,
  disabled: flag,
  ...dates,
  created_by: iamId,
  name,
  description: maybe(text),
  expires_at: maybe(instant),
  iam_id: iamId,
  account_id: hex32,
};

/** Without its secret, which is in the answer to its creation alone. */
export const apiKey = exactly(API_KEY);
export const apiKeyInUse = exactly({ ...API_KEY, ...asked });
export const createdApiKey = exactly({ ...API_KEY, apikey: Type.String({ minLength: 32 }) });

const SERVICE_ID = {
  id: idOf('ServiceId'),
  iam_id: idOf('iam-ServiceId'),
  entity_tag,
  crn: crn('iam-identity', `:serviceid:ServiceId-${UUID}`),
  locked: flag,
  ...dates,
  account_id: hex32,
  name,
  description: maybe(text),
  unique_instance_crns: Type.Array(text),
};

export const serviceId = exactly(SERVICE_ID);
export const serviceIdInUse = exactly({ ...SERVICE_ID, ...asked });
export const createdServiceId = exactly({ ...SERVICE_ID, apikey: createdApiKey });

const PROFILE = {
  id: idOf('Profile'),
  entity_tag,
  crn: crn('iam-identity', `:profile:Profile-${UUID}`),
  name,
  description: maybe(text),
  ...dates,
  iam_id: idOf('iam-Profile'),
  account_id: hex32,
};

export const profile = exactly(PROFILE);
export const profileInUse = exactly({ ...PROFILE, ...asked });

export const claimRule = exactly({
  id: text,
  entity_tag,
  ...dates,
  name: maybe(name),
  type: Type.Literal('Profile-SAML'),
  realm_name: text,
  expiration: Type.Integer({ minimum: 900, maximum: 43_200 }),
  conditions: Type.Array(exactly({ claim: text, operator: text, value: text }), { minItems: 1 }),
});
export const ruleList = exactly({ rules: Type.Array(claimRule, { minItems: 1 }) });

export const profileIdentity = exactly({
  iam_id: iamId,
  identifier: text,
  type: Type.Union([Type.Literal('user'), Type.Literal('serviceid'), Type.Literal('crn')]),
  accounts: maybe(Type.Array(hex32)),
  description: maybe(text),
});
export const profileIdentities = exactly({ entity_tag, identities: Type.Array(profileIdentity, { minItems: 1 }) });

/** A first page of `limit` that has another one behind it, or of all where there is none. */
function firstPage(resources: TProperties, limit: number) {
  const address = Type.String({ pattern: '^https?://[^/]+/v1/(apikeys|serviceids/?|profiles)\\?' });
  const previous = Type.Never();
  return exactly({
    offset: count,
    limit: Type.Literal(limit),
    first: address,
    previous: maybe(previous),
    next: maybe(Type.String({ pattern: '[?&]pagetoken=[^&]+' })),
    ...resources,
  });
}
export const PAGE = 2;
const few = { minItems: 1, maxItems: PAGE };
export const apiKeyList = firstPage({ apikeys: Type.Array(apiKey, few) }, PAGE);
export const serviceIdList = firstPage({ serviceids: Type.Array(serviceId, few) }, PAGE);
export const profileList = firstPage({ profiles: Type.Array(profile, few) }, PAGE);
