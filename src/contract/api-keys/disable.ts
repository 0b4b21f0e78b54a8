import { defineOperation } from '../operation.ts';
import { ApiKeyId } from './api-key.ts';

export const disableApiKey = defineOperation({
  name: 'api-keys.disable',
  api: 'iam',
  http: { method: 'POST', path: '/v1/apikeys/:id/disable', success: 204 },
  action: 'iam-identity.apikey.update',
  auditAs: 'iam-identity.user-apikey.disable',
  mutates: true,
  input: { params: ApiKeyId },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED', 'ENTITY_LOCKED'],
  cli: { command: ['iam', 'api-key-disable'], arguments: ['params.id'] },
  summary: 'Disable an API key; its tokens stop working at once',
});
