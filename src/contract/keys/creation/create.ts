import Type, { type Static } from 'typebox';
import { defineOperation } from '../../operation.ts';
import { BASE64, envelope, INSTANT, InstanceHeaders, Key, requestEnvelope } from '../key.ts';
import { ROOT_KEY_MATERIAL_ERRORS } from '../material.ts';

/** A key to be made. `payload` imports material: in the clear, or, with nonce and iv, as the import token's key encrypted it. */
export const NewKey = Type.Object({
  type: Type.Optional(Type.String()),
  name: Type.String({ minLength: 2, maxLength: 90 }),
  description: Type.Optional(Type.String({ minLength: 2, maxLength: 240 })),
  aliases: Type.Optional(Type.Array(Type.String(), { maxItems: 5 })),
  /** Only the key ring that the header names, or the default one. */
  keyRingID: Type.Optional(Type.String({ maxLength: 100 })),
  tags: Type.Optional(Type.Array(Type.String({ maxLength: 30, pattern: '^[^<>,:&|]*$' }), { maxItems: 30 })),
  extractable: Type.Optional(Type.Boolean()),
  expirationDate: Type.Optional(Type.String({ pattern: INSTANT })),
  payload: Type.Optional(Type.String({ pattern: BASE64, maxLength: 10_000 })),
  encryptionAlgorithm: Type.Optional(Type.String()),
  encryptedNonce: Type.Optional(Type.String({ pattern: BASE64, maxLength: 128 })),
  iv: Type.Optional(Type.String({ pattern: BASE64, maxLength: 64 })),
});
export type NewKey = Static<typeof NewKey>;

/** Policies of a key are given at another address; here they are refused, whatever they say. */
const NewKeyWithoutPolicies = Type.Object({
  ...NewKey.properties,
  rotation: Type.Optional(Type.Unknown()),
  dualAuthDelete: Type.Optional(Type.Unknown()),
});

export const createKey = defineOperation({
  name: 'keys.create',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys', success: 201 },
  action: 'kms.secrets.create',
  mutates: true,
  input: { headers: InstanceHeaders, body: requestEnvelope(NewKeyWithoutPolicies) },
  output: envelope(Key),
  sensitive: ['body.resources.payload', 'output.resources.payload'],
  errors: [
    'INVALID_FIELD',
    'BAD_BODY',
    'COLLECTION_TOTAL_MISMATCH',
    'KEY_RING_NOT_FOUND',
    'KEY_ALIAS_NOT_UNIQUE',
    'KEY_CREATION_DENIED',
    'KEY_QUOTA',
    ...ROOT_KEY_MATERIAL_ERRORS,
  ],
  summary: 'Create a root key or a standard key',
});
