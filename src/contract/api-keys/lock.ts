import { defineOperation } from '../operation.ts';
import { ApiKeyId } from './api-key.ts';

export const lockApiKey = defineOperation({
  name: 'api-keys.lock',
  api: 'iam',
  http: { method: 'POST', path: '/v1/apikeys/:id/lock', success: 204 },
  action: 'iam-identity.apikey.update',
  auditAs: 'iam-identity.user-apikey.lock',
  mutates: true,
  input: { params: ApiKeyId },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED'],
  cli: { command: ['iam', 'api-key-lock'], arguments: ['params.id'] },
  summary: 'Lock an API key: it can be used, but neither changed nor deleted',
});
