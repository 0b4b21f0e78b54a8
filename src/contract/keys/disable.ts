import { defineOperation } from '../operation.ts';
import { KEY_OPTIONS } from './cli-options.ts';
import { InstanceHeaders, KeyParams } from './key.ts';

export const disableKey = defineOperation({
  name: 'keys.disable',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/actions/disable', success: 204 },
  action: 'kms.secrets.disable',
  mutates: true,
  input: { headers: InstanceHeaders, params: KeyParams },
  output: undefined,
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'KEY_ROOT_REQUIRED', 'KEY_STATE', 'KEY_DELETED'],
  cli: {
    command: ['kp', 'key', 'disable'],
    arguments: ['params.id'],
    options: KEY_OPTIONS,
  },
  summary: 'Suspend a root key: nothing can be wrapped or unwrapped until it is enabled again',
});
