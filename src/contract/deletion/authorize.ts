import { KEY_OPTIONS } from '../keys/cli-options.ts';
import { InstanceHeaders, KeyParams } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';

export const authorizeDeletion = defineOperation({
  name: 'deletion.authorize',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/actions/setKeyForDeletion', success: 204 },
  action: 'kms.secrets.setkeyfordeletion',
  mutates: true,
  input: { headers: InstanceHeaders, params: KeyParams },
  output: undefined,
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'KEY_DELETED', 'KEY_NOT_DUAL_AUTH'],
  cli: { command: ['kp', 'key', 'schedule-delete'], arguments: ['params.id'], options: KEY_OPTIONS },
  summary: 'Authorize the deletion of a key that takes two people; somebody else deletes it then',
});
