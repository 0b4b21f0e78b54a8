import { KEY_OPTIONS } from '../keys/cli-options.ts';
import { InstanceHeaders, KeyParams } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';

export const syncResources = defineOperation({
  name: 'events.sync',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/actions/sync', success: 204 },
  action: 'kms.secrets.sync',
  mutates: true,
  input: { headers: InstanceHeaders, params: KeyParams },
  output: undefined,
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'KEY_ROOT_REQUIRED', 'TOO_EARLY'],
  cli: {
    command: ['kp', 'key', 'sync'],
    arguments: ['params.id'],
    options: {
      ...KEY_OPTIONS,
    },
  },
  summary: 'Ask the resources that a root key protects to look at its state again',
});
