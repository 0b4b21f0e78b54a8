import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { BASE64, InstanceHeaders, KeyParams } from './key.ts';

export const rotateKey = defineOperation({
  name: 'keys.rotate',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/actions/rotate', success: 204 },
  action: 'kms.secrets.rotate',
  mutates: true,
  input: {
    headers: InstanceHeaders,
    params: KeyParams,
    body: Type.Optional(
      Type.Union([Type.Null(), Type.Object({ payload: Type.Optional(Type.String({ pattern: BASE64, maxLength: 64 })) })]),
    ),
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
  ],
  cli: {
    command: ['kp', 'key', 'rotate'],
    arguments: ['params.id'],
    options: {
      '-i, --instance-id <id>': { into: 'headers.bluemix-instance', help: 'GUID of the KMS instance (KP_INSTANCE_ID)' },
    },
  },
  summary: 'Give a root key a new version',
});
