import { defineOperation } from '../operation.ts';
import { ApiKeyId } from './api-key.ts';

export const deleteApiKey = defineOperation({
  name: 'api-keys.delete',
  api: 'iam',
  http: { method: 'DELETE', path: '/v1/apikeys/:id', success: 204 },
  action: 'iam-identity.apikey.delete',
  auditAs: 'iam-identity.user-apikey.delete',
  mutates: true,
  input: { params: ApiKeyId },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED', 'ENTITY_LOCKED'],
  cli: { command: ['iam', 'api-key-delete'], arguments: ['params.id'] },
  summary: 'Delete an API key; its tokens stop working at once',
});
