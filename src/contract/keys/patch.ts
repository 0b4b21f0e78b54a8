import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { KEY_OPTIONS } from './cli-options.ts';
import { envelope, InstanceHeaders, Key, KeyParams } from './key.ts';

export const patchKey = defineOperation({
  name: 'keys.patch',
  api: 'key-protect',
  http: { method: 'PATCH', path: '/api/v2/keys/:id', success: 200 },
  action: 'kms.secrets.patch',
  mutates: true,
  input: {
    /** The key ring in the header is the one that the key is in now. */
    headers: InstanceHeaders,
    params: KeyParams,
    body: Type.Object({ keyRingID: Type.String({ minLength: 1, maxLength: 100 }) }),
  },
  output: envelope(Key),
  sensitive: [],
  errors: ['NO_BODY', 'INVALID_FIELD', 'KEY_NOT_FOUND', 'KEY_DELETED', 'KEY_RING_NOT_FOUND'],
  cli: {
    command: ['kp', 'key', 'update'],
    arguments: ['params.id'],
    options: { ...KEY_OPTIONS, '-r, --new-key-ring <id>': { into: 'body.keyRingID', help: 'the key ring to move it to' } },
  },
  summary: 'Move a key to another key ring',
});
