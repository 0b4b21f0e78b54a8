import { KEY_OPTIONS } from '../keys/cli-options.ts';
import { InstanceHeaders, KeyParams } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';

export const withdrawDeletion = defineOperation({
  name: 'deletion.withdraw',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/actions/unsetKeyForDeletion', success: 204 },
  action: 'kms.secrets.unsetkeyfordeletion',
  mutates: true,
  input: { headers: InstanceHeaders, params: KeyParams },
  output: undefined,
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'KEY_DELETED', 'KEY_NOT_DUAL_AUTH'],
  cli: { command: ['kp', 'key', 'cancel-delete'], arguments: ['params.id'], options: KEY_OPTIONS },
  summary: 'Take the authorization to delete a key back',
});
