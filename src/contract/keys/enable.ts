import { defineOperation } from '../operation.ts';
import { KEY_OPTIONS } from './cli-options.ts';
import { InstanceHeaders, KeyParams } from './key.ts';

export const enableKey = defineOperation({
  name: 'keys.enable',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/actions/enable', success: 204 },
  action: 'kms.secrets.enable',
  mutates: true,
  input: { headers: InstanceHeaders, params: KeyParams },
  output: undefined,
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'KEY_ROOT_REQUIRED', 'KEY_STATE', 'KEY_DELETED', 'TOO_EARLY'],
  cli: {
    command: ['kp', 'key', 'enable'],
    arguments: ['params.id'],
    options: KEY_OPTIONS,
  },
  summary: 'Make a suspended root key active again',
});
