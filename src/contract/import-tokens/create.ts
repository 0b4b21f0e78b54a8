import Type from 'typebox';
import { INSTANCE_OPTION } from '../keys/cli-options.ts';
import { InstanceHeaders } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { ImportToken } from './import-token.ts';

export const createImportToken = defineOperation({
  name: 'import-tokens.create',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/import_token', success: 200 },
  action: 'kms.importtoken.create',
  auditAs: 'kms.import-token.create',
  mutates: true,
  input: {
    headers: InstanceHeaders,
    body: Type.Optional(
      Type.Object({
        expiration: Type.Optional(Type.Integer({ minimum: 300, maximum: 86_400 })),
        maxAllowedRetrievals: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
      }),
    ),
  },
  output: ImportToken,
  sensitive: [],
  errors: ['INVALID_FIELD', 'OVERLOADED'],
  cli: {
    command: ['kp', 'import-token', 'create'],
    options: {
      ...INSTANCE_OPTION,
      '-e, --expiration <seconds>': { into: 'body.expiration', help: 'how long it can be used: 300 to 86400, else 600' },
      '-m, --max-retrievals <n>': { into: 'body.maxAllowedRetrievals', help: 'how often it can be shown: 1 to 500, else once' },
    },
  },
  summary: 'Create the import token of an instance; an earlier one is replaced',
});
