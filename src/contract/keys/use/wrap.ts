import Type from 'typebox';
import { defineOperation } from '../../operation.ts';
import { KEY_OPTIONS } from '../cli-options.ts';
import { Aad, BASE64, InstanceHeaders, KeyParams } from '../key.ts';

export const wrapDek = defineOperation({
  name: 'keys.wrap',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/actions/wrap', success: 200 },
  action: 'kms.secrets.wrap',
  mutates: false,
  input: {
    headers: InstanceHeaders,
    params: KeyParams,
    body: Type.Optional(Type.Object({ plaintext: Type.Optional(Type.String({ maxLength: 10_000, pattern: BASE64 })), aad: Aad })),
  },
  output: Type.Object({
    plaintext: Type.Optional(Type.String()),
    ciphertext: Type.String(),
    keyVersion: Type.Object({ id: Type.String() }),
  }),
  sensitive: ['body.plaintext', 'output.plaintext', 'output.ciphertext'],
  errors: ['KEY_NOT_FOUND', 'KEY_ROOT_REQUIRED', 'KEY_STATE', 'KEY_DELETED', 'INVALID_FIELD'],
  cli: {
    command: ['kp', 'key', 'wrap'],
    arguments: ['params.id'],
    options: {
      ...KEY_OPTIONS,
      '-p, --plaintext <base64>': { into: 'body.plaintext', help: 'the DEK; generated if absent' },
      '-a, --aad <text...>': { into: 'body.aad', help: 'additional authenticated data' },
    },
  },
  summary: 'Wrap a DEK, or generate one and wrap it',
});
