import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { KEY_OPTIONS_SHORT } from './cli-options.ts';
import { envelope, InstanceHeaders, KeyParams, PageQuery } from './key.ts';

export const listKeyVersions = defineOperation({
  name: 'keys.versions',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/keys/:id/versions', success: 200 },
  action: 'kms.secrets.listkeyversions',
  auditAs: 'kms.secrets-key-versions.list',
  mutates: false,
  input: {
    headers: InstanceHeaders,
    params: KeyParams,
    query: Type.Object({ ...PageQuery, totalCount: Type.Optional(Type.Boolean()), allKeyStates: Type.Optional(Type.Boolean()) }),
  },
  output: envelope(Type.Object({ id: Type.String(), creationDate: Type.String() })),
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'KEY_ROOT_REQUIRED', 'KEY_STATE', 'KEY_DELETED', 'INVALID_QUERY'],
  cli: {
    command: ['kp', 'key', 'versions'],
    arguments: ['params.id'],
    options: {
      ...KEY_OPTIONS_SHORT,
      '-n, --number-of-key-versions <n>': { into: 'query.limit', help: 'versions per page' },
      '-s, --starting-offset <n>': { into: 'query.offset', help: 'first version of the page' },
      '-t, --total-count': { into: 'query.totalCount', help: 'also say how many there are' },
      '-a, --all-key-states': { into: 'query.allKeyStates', help: 'also of a key that is not active' },
    },
  },
  summary: 'List the versions of a root key, newest first',
});
