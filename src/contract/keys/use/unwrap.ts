import Type from 'typebox';
import { defineOperation } from '../../operation.ts';
import { KEY_OPTIONS } from '../cli-options.ts';
import { Aad, InstanceHeaders, KeyParams } from '../key.ts';

export const unwrapDek = defineOperation({
  name: 'keys.unwrap',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/actions/unwrap', success: 200 },
  action: 'kms.secrets.unwrap',
  mutates: false,
  input: {
    headers: InstanceHeaders,
    params: KeyParams,
    body: Type.Object({ ciphertext: Type.String({ maxLength: 20_000 }), aad: Aad }),
  },
  output: Type.Object({
    plaintext: Type.String(),
    keyVersion: Type.Object({ id: Type.String() }),
    ciphertext: Type.Optional(Type.String()),
    rewrappedKeyVersion: Type.Optional(Type.Object({ id: Type.String() })),
  }),
  sensitive: ['body.ciphertext', 'output.plaintext', 'output.ciphertext'],
  errors: ['KEY_NOT_FOUND', 'KEY_ROOT_REQUIRED', 'KEY_STATE', 'KEY_DELETED', 'INVALID_FIELD', 'NO_BODY', 'CIPHERTEXT_INVALID'],
  cli: {
    command: ['kp', 'key', 'unwrap'],
    arguments: ['params.id', 'body.ciphertext'],
    options: {
      ...KEY_OPTIONS,
      '-a, --aad <text...>': { into: 'body.aad', help: 'additional authenticated data' },
    },
  },
  summary: 'Unwrap a DEK',
});
