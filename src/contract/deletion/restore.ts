import Type from 'typebox';
import { KEY_OPTIONS } from '../keys/cli-options.ts';
import { BASE64, envelope, InstanceHeaders, Key, KeyParams } from '../keys/key.ts';
import { ROOT_KEY_MATERIAL_ERRORS, RootKeyMaterial } from '../keys/material.ts';
import { defineOperation } from '../operation.ts';

const Material = { ...RootKeyMaterial, payload: Type.Optional(Type.String({ pattern: BASE64, maxLength: 10_000 })) };

export const restoreKey = defineOperation({
  name: 'deletion.restore',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/restore', success: 201 },
  action: 'kms.secrets.restore',
  mutates: true,
  input: {
    headers: InstanceHeaders,
    params: KeyParams,
    // Older clients bring the material of an imported key once more, bare or in an envelope.
    body: Type.Optional(
      Type.Object({
        ...Material,
        metadata: Type.Optional(Type.Object({ collectionTotal: Type.Optional(Type.Integer()) })),
        resources: Type.Optional(Type.Array(Type.Object(Material), { maxItems: 1 })),
      }),
    ),
  },
  output: envelope(Key),
  sensitive: ['body.payload', 'body.resources.payload'],
  errors: [
    'KEY_NOT_FOUND',
    'KEY_STATE',
    'TOO_EARLY',
    'KEY_RESTORE_EXPIRED',
    'KEY_EXPIRED',
    'INVALID_FIELD',
    'KEY_CREATION_DENIED',
    ...ROOT_KEY_MATERIAL_ERRORS,
  ],
  cli: {
    command: ['kp', 'key', 'restore'],
    arguments: ['params.id'],
    options: {
      ...KEY_OPTIONS,
      '-k, --key-material <base64>': { into: 'body.payload', help: 'material of an imported key, compared with what is kept' },
      '-n, --encrypted-nonce <base64>': {
        into: 'body.encryptedNonce',
        help: 'nonce of the import token, encrypted by the material',
      },
      '-v, --iv <base64>': { into: 'body.iv', help: 'initialisation vector of the encrypted nonce' },
    },
  },
  summary: 'Bring a deleted key back, with all of its versions',
});
