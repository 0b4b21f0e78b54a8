import { KEY_OPTIONS } from '../keys/cli-options.ts';
import { InstanceHeaders } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { AliasParams } from './alias.ts';

export const deleteKeyAlias = defineOperation({
  name: 'key-aliases.delete',
  api: 'key-protect',
  http: { method: 'DELETE', path: '/api/v2/keys/:id/aliases/:alias', success: 204 },
  action: 'kms.secrets.deletealias',
  auditAs: 'kms.secrets-alias.delete',
  mutates: true,
  input: { headers: InstanceHeaders, params: AliasParams },
  output: undefined,
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'KEY_DELETED', 'KEY_ALIAS_NOT_FOUND'],
  cli: {
    command: ['kp', 'key', 'alias-delete'],
    arguments: ['params.id'],
    options: { ...KEY_OPTIONS, '-a, --alias <name>': { into: 'params.alias', help: 'the name to take away' } },
  },
  summary: 'Take a name away from a key',
});
