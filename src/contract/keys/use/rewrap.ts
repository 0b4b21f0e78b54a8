import Type from 'typebox';
import { defineOperation } from '../../operation.ts';
import { KEY_OPTIONS } from '../cli-options.ts';
import { Aad, InstanceHeaders, KeyParams } from '../key.ts';

export const rewrapDek = defineOperation({
  name: 'keys.rewrap',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/actions/rewrap', success: 200 },
  action: 'kms.secrets.rewrap',
  mutates: false,
  input: {
    headers: InstanceHeaders,
    params: KeyParams,
    body: Type.Object({ ciphertext: Type.String({ maxLength: 20_000 }), aad: Aad }),
  },
  output: Type.Object({
    ciphertext: Type.String(),
    keyVersion: Type.Object({ id: Type.String() }),
    rewrappedKeyVersion: Type.Object({ id: Type.String() }),
  }),
  sensitive: ['body.ciphertext', 'output.ciphertext'],
  errors: ['KEY_NOT_FOUND', 'KEY_ROOT_REQUIRED', 'KEY_STATE', 'KEY_DELETED', 'INVALID_FIELD', 'NO_BODY', 'CIPHERTEXT_INVALID'],
  cli: {
    command: ['kp', 'key', 'rewrap'],
    arguments: ['params.id', 'body.ciphertext'],
    options: { ...KEY_OPTIONS, '-a, --aad <text...>': { into: 'body.aad', help: 'additional authenticated data' } },
  },
  summary: 'Wrap a DEK anew under the newest version of its root key, without showing it',
});
