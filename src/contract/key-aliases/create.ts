import { KEY_OPTIONS } from '../keys/cli-options.ts';
import { envelope, InstanceHeaders } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { AliasParams, KeyAlias } from './alias.ts';

export const createKeyAlias = defineOperation({
  name: 'key-aliases.create',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/aliases/:alias', success: 201 },
  action: 'kms.secrets.createalias',
  auditAs: 'kms.secrets-alias.create',
  mutates: true,
  input: { headers: InstanceHeaders, params: AliasParams },
  output: envelope(KeyAlias),
  sensitive: [],
  errors: ['INVALID_FIELD', 'KEY_NOT_FOUND', 'KEY_DELETED', 'KEY_ALIAS_NOT_UNIQUE', 'KEY_ALIAS_QUOTA'],
  cli: {
    command: ['kp', 'key', 'alias-create'],
    arguments: ['params.id'],
    options: { ...KEY_OPTIONS, '-a, --alias <name>': { into: 'params.alias', help: 'the further name' } },
  },
  summary: 'Give a key a further name, unique in its instance',
});
