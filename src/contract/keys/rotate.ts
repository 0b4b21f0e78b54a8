import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { KEY_OPTIONS } from './cli-options.ts';
import { InstanceHeaders, KeyParams } from './key.ts';
import { ROOT_KEY_MATERIAL_ERRORS, RootKeyMaterial } from './material.ts';

export const rotateKey = defineOperation({
  name: 'keys.rotate',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/actions/rotate', success: 204 },
  action: 'kms.secrets.rotate',
  mutates: true,
  input: {
    headers: InstanceHeaders,
    params: KeyParams,
    body: Type.Optional(Type.Object(RootKeyMaterial)),
  },
  output: undefined,
  sensitive: ['body.payload'],
  errors: [
    'KEY_NOT_FOUND',
    'KEY_ROOT_REQUIRED',
    'KEY_STATE',
    'KEY_DELETED',
    'KEY_ROTATED_TOO_SOON',
    'KEY_PAYLOAD_REQUIRED',
    'INVALID_FIELD',
    'INVALID_QUERY',
    'KEY_CREATION_DENIED',
    ...ROOT_KEY_MATERIAL_ERRORS,
  ],
  cli: {
    command: ['kp', 'key', 'rotate'],
    arguments: ['params.id'],
    options: {
      ...KEY_OPTIONS,
      '-k, --key-material <base64>': { into: 'body.payload', help: 'new material of an imported key' },
      '-n, --encrypted-nonce <base64>': {
        into: 'body.encryptedNonce',
        help: 'nonce of the import token, encrypted by the material',
      },
      '-v, --iv <base64>': { into: 'body.iv', help: 'initialisation vector of the encrypted nonce' },
    },
  },
  summary: 'Give a root key a new version',
});
