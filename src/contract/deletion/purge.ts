import { KEY_OPTIONS } from '../keys/cli-options.ts';
import { envelope, InstanceHeaders, Key, KeyParams } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';

export const purgeKey = defineOperation({
  name: 'deletion.purge',
  api: 'key-protect',
  http: { method: 'DELETE', path: '/api/v2/keys/:id/purge', success: 204 },
  action: 'kms.secrets.purge',
  mutates: true,
  input: { headers: InstanceHeaders, params: KeyParams },
  output: envelope(Key),
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'KEY_STATE', 'TOO_EARLY'],
  cli: {
    command: ['kp', 'key', 'purge'],
    arguments: ['params.id'],
    options: {
      ...KEY_OPTIONS,
    },
  },
  summary: 'Destroy a deleted key for good; what it wrapped can never be unwrapped again',
});
