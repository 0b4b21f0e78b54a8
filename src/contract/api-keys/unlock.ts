import { defineOperation } from '../operation.ts';
import { ApiKeyId } from './api-key.ts';

export const unlockApiKey = defineOperation({
  name: 'api-keys.unlock',
  api: 'iam',
  http: { method: 'DELETE', path: '/v1/apikeys/:id/lock', success: 204 },
  action: 'iam-identity.apikey.update',
  auditAs: 'iam-identity.user-apikey.unlock',
  mutates: true,
  input: { params: ApiKeyId },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED'],
  cli: { command: ['iam', 'api-key-unlock'], arguments: ['params.id'] },
  summary: 'Unlock an API key',
});
