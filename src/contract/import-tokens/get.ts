import { INSTANCE_OPTION } from '../keys/cli-options.ts';
import { InstanceHeaders } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { RetrievedImportToken } from './import-token.ts';

export const getImportToken = defineOperation({
  name: 'import-tokens.get',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/import_token', success: 200 },
  action: 'kms.importtoken.read',
  auditAs: 'kms.import-token.read',
  // It counts the retrieval.
  mutates: true,
  input: { headers: InstanceHeaders },
  output: RetrievedImportToken,
  sensitive: ['output.nonce'],
  errors: ['IMPORT_TOKEN_EXPIRED'],
  cli: {
    command: ['kp', 'import-token', 'show'],
    options: {
      ...INSTANCE_OPTION,
    },
  },
  summary: 'Show the public key and the nonce of the import token; this counts as one retrieval',
});
