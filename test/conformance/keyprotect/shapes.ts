import Type, { type TObject, type TProperties, type TSchema } from 'typebox';

// The documented answers, written down apart from the server's own schemas, so that a mistake there is seen here. Nothing may be
// in an answer that is not named.

const exactly = <T extends TProperties>(fields: T): TObject => Type.Object(fields, { additionalProperties: false });
const maybe = <T extends TSchema>(schema: T) => Type.Optional(schema);
const uuid = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' });
const instant = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$' });
const base64 = Type.String({
  pattern: '^(?:[A-Za-z0-9+/]{4})+$|^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)$',
});
const identity = Type.String({ pattern: '^(IBMid-|iam-ServiceId-|crn-crn:)' });
const KMS = 'application/vnd.ibm.kms.';

/** Whole numbers stay numbers: the Go client does not read them from texts. */
const count = Type.Integer({ minimum: 0 });

function envelopeOf(type: string, element: TSchema, elements: { min: number; max: number }, more: TProperties = {}): TObject {
  return exactly({
    metadata: exactly({ collectionType: Type.Literal(`${KMS}${type}+json`), collectionTotal: count, ...more }),
    resources: Type.Array(element, { minItems: elements.min, maxItems: elements.max }),
  });
}

const version = exactly({ id: uuid });
const one = { min: 1, max: 1 };
const several = { min: 0, max: 5000 };

export const key = exactly({
  type: Type.Literal(`${KMS}key+json`),
  id: uuid,
  name: Type.String({ minLength: 2, maxLength: 90 }),
  description: maybe(Type.String({ minLength: 2, maxLength: 240 })),
  aliases: maybe(Type.Array(Type.String(), { minItems: 1, maxItems: 5 })),
  tags: maybe(Type.Array(Type.String(), { minItems: 1, maxItems: 30 })),
  state: Type.Union([1, 2, 3, 5].map((state) => Type.Literal(state))),
  expirationDate: maybe(instant),
  extractable: Type.Boolean(),
  crn: Type.String({ pattern: '^crn:v1:bluemix:public:kms:[a-z-]+:a/[0-9a-f]+:[0-9a-f-]{36}:key:[0-9a-f-]{36}$' }),
  imported: Type.Boolean(),
  keyRingID: Type.String({ minLength: 2, maxLength: 100 }),
  creationDate: instant,
  createdBy: identity,
  algorithmType: Type.String(),
  algorithmMetadata: exactly({ bitLength: Type.Literal('256'), mode: Type.String() }),
  algorithmBitSize: Type.Literal(256),
  algorithmMode: Type.String(),
  nonactiveStateReason: maybe(Type.Integer()),
  lastUpdateDate: maybe(instant),
  lastRotateDate: maybe(instant),
  keyVersion: maybe(exactly({ id: uuid, creationDate: instant })),
  dualAuthDelete: exactly({
    enabled: Type.Boolean(),
    keySetForDeletion: maybe(Type.Boolean()),
    authExpiration: maybe(instant),
  }),
  rotation: maybe(exactly({ enabled: Type.Boolean(), interval_month: Type.Integer({ minimum: 1, maximum: 12 }) })),
  deleted: Type.Boolean(),
  deletionDate: maybe(instant),
  deletedBy: maybe(identity),
  restoreExpirationDate: maybe(instant),
  restoreAllowed: maybe(Type.Boolean()),
  purgeAllowed: maybe(Type.Boolean()),
  purgeAllowedFrom: maybe(instant),
  purgeScheduledOn: maybe(instant),
  payload: maybe(base64),
});

export const keyEnvelope = envelopeOf('key', key, one);
export const keyList = envelopeOf('key', key, several, {
  searchQuery: maybe(
    exactly({
      query: Type.String(),
      scopes: Type.Array(Type.Union([Type.Literal('name'), Type.Literal('alias')])),
      not: maybe(Type.Boolean()),
      exact: maybe(Type.Boolean()),
    }),
  ),
  incompleteSearch: maybe(Type.Boolean()),
});
export const versionList = envelopeOf('key.version', exactly({ id: uuid, creationDate: instant }), several, {
  totalCount: maybe(count),
});

export const wrapped = exactly({ plaintext: maybe(base64), ciphertext: base64, keyVersion: version });
export const unwrapped = exactly({
  plaintext: base64,
  keyVersion: version,
  ciphertext: maybe(base64),
  rewrappedKeyVersion: maybe(version),
});
export const rewrapped = exactly({ ciphertext: base64, keyVersion: version, rewrappedKeyVersion: version });

const tokenFields = {
  id: maybe(uuid),
  creationDate: instant,
  expirationDate: instant,
  expiration: maybe(count),
  maxAllowedRetrievals: Type.Integer({ minimum: 1, maximum: 500 }),
  remainingRetrievals: count,
};
export const importToken = exactly(tokenFields);
export const importTokenWithKey = exactly({
  ...tokenFields,
  payload: base64,
  nonce: Type.String({ pattern: '^[A-Za-z0-9+/]{16}$' }),
});

const policyFields = {
  id: uuid,
  crn: Type.String({ pattern: '^crn:v1:bluemix:public:kms:[a-z-]+:a/[0-9a-f]+:[0-9a-f-]{36}:policy:[0-9a-f-]{36}$' }),
  type: Type.Literal(`${KMS}policy+json`),
  createdBy: identity,
  creationDate: instant,
  updatedBy: identity,
  lastUpdateDate: instant,
};
const keyPolicy = Type.Union([
  exactly({
    ...policyFields,
    rotation: exactly({ enabled: Type.Boolean(), interval_month: Type.Integer({ minimum: 1, maximum: 12 }) }),
  }),
  exactly({ ...policyFields, dualAuthDelete: exactly({ enabled: Type.Boolean() }) }),
]);
export const keyPolicies = envelopeOf('policy', keyPolicy, { min: 0, max: 2 });

const yes = maybe(Type.Boolean());
export const instancePolicies = envelopeOf(
  'policy',
  exactly({
    createdBy: identity,
    creationDate: instant,
    updatedBy: identity,
    lastUpdated: instant,
    policy_type: Type.Union(
      ['allowedNetwork', 'allowedIP', 'dualAuthDelete', 'keyCreateImportAccess', 'metrics', 'rotation'].map((type) =>
        Type.Literal(type),
      ),
    ),
    policy_data: exactly({
      enabled: Type.Boolean(),
      attributes: maybe(
        exactly({
          allowed_network: maybe(Type.Union([Type.Literal('public-and-private'), Type.Literal('private-only')])),
          allowed_ip: maybe(Type.Array(Type.String())),
          create_root_key: yes,
          create_standard_key: yes,
          import_root_key: yes,
          import_standard_key: yes,
          enforce_token: yes,
          interval_month: maybe(Type.Integer({ minimum: 1, maximum: 12 })),
        }),
      ),
    }),
  }),
  { min: 0, max: 6 },
);
export const allowedIpPort = envelopeOf(
  'allowed_ip_metadata',
  exactly({ private_endpoint_port: Type.Integer({ minimum: 1, maximum: 65_535 }) }),
  { min: 0, max: 1 },
);

export const registrations = envelopeOf(
  'registration',
  exactly({
    keyId: uuid,
    keyName: maybe(Type.String()),
    resourceCrn: Type.String({ pattern: '^crn:v1:' }),
    createdBy: identity,
    creationDate: instant,
    updatedBy: maybe(identity),
    lastUpdated: maybe(instant),
    description: maybe(Type.String()),
    preventKeyDeletion: Type.Boolean(),
    keyVersion: exactly({ id: uuid, creationDate: maybe(instant) }),
  }),
  several,
  { totalCount: maybe(count) },
);

export const alias = envelopeOf(
  'alias',
  exactly({ keyId: uuid, alias: Type.String({ minLength: 2, maxLength: 90 }), createdBy: identity, creationDate: instant }),
  one,
);
export const keyRings = envelopeOf(
  'key_ring',
  exactly({ id: Type.String({ minLength: 2, maxLength: 100 }), creationDate: maybe(instant), createdBy: maybe(identity) }),
  { min: 1, max: 5000 },
  { totalCount: maybe(count) },
);

export const refusal = exactly({
  metadata: exactly({ collectionType: Type.Literal(`${KMS}error+json`), collectionTotal: Type.Literal(1) }),
  resources: Type.Array(
    exactly({
      errorMsg: Type.String({ pattern: '^(Bad Request|Unauthorized|Forbidden|Not Found|Conflict|Gone|Unprocessable Entity): ' }),
      reasons: Type.Array(
        exactly({
          code: Type.String({ pattern: '^[A-Z_]+$' }),
          message: Type.String({ minLength: 1 }),
          status: Type.Integer({ minimum: 400, maximum: 599 }),
          moreInfo: Type.String({ pattern: '^https://' }),
          target: maybe(exactly({ type: Type.String(), name: Type.String() })),
        }),
        { minItems: 1, maxItems: 1 },
      ),
    }),
    { minItems: 1, maxItems: 1 },
  ),
});
