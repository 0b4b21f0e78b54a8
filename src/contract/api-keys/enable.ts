import { defineOperation } from '../operation.ts';
import { ApiKeyId } from './api-key.ts';

export const enableApiKey = defineOperation({
  name: 'api-keys.enable',
  api: 'iam',
  http: { method: 'DELETE', path: '/v1/apikeys/:id/disable', success: 204 },
  action: 'iam-identity.apikey.update',
  auditAs: 'iam-identity.user-apikey.enable',
  mutates: true,
  input: { params: ApiKeyId },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED', 'ENTITY_LOCKED'],
  cli: { command: ['iam', 'api-key-enable'], arguments: ['params.id'] },
  summary: 'Enable an API key again',
});
