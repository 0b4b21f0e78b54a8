import { defineOperation } from '../operation.ts';
import { envelope, InstanceHeaders, Key, KeyParams } from './key.ts';

export const getKey = defineOperation({
  name: 'keys.get',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/keys/:id', success: 200 },
  action: 'kms.secrets.read',
  mutates: false,
  input: { headers: InstanceHeaders, params: KeyParams },
  output: envelope(Key),
  sensitive: ['output.resources.payload'],
  errors: ['KEY_NOT_FOUND'],
  summary: 'Read a key; the key material of a standard key is included',
});
