import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { KEY_OPTIONS } from './cli-options.ts';
import { envelope, InstanceHeaders, Key, KeyParams } from './key.ts';

export const deleteKey = defineOperation({
  name: 'keys.delete',
  api: 'key-protect',
  http: { method: 'DELETE', path: '/api/v2/keys/:id', success: 204 },
  action: 'kms.secrets.delete',
  mutates: true,
  input: { headers: InstanceHeaders, params: KeyParams, query: Type.Object({ force: Type.Optional(Type.Boolean()) }) },
  output: envelope(Key),
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'KEY_DELETED', 'KEY_DELETION_AUTHORIZATIONS', 'KEY_PROTECTS_RESOURCES', 'KEY_DELETION_PREVENTED'],
  cli: {
    command: ['kp', 'key', 'delete'],
    arguments: ['params.id'],
    options: {
      ...KEY_OPTIONS,
      '-f, --force': { into: 'query.force', help: 'delete although resources are registered; they may be lost' },
    },
  },
  summary: 'Delete a key; refused while it protects resources, unless forced',
});
