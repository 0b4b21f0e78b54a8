import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ApiKey, ApiKeyId } from './api-key.ts';

export const getApiKey = defineOperation({
  name: 'api-keys.get',
  api: 'iam',
  http: { method: 'GET', path: '/v1/apikeys/:id', success: 200 },
  action: 'iam-identity.apikey.get',
  mutates: false,
  input: {
    params: ApiKeyId,
    query: Type.Object({ include_history: Type.Optional(Type.Boolean()), include_activity: Type.Optional(Type.Boolean()) }),
  },
  output: ApiKey,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED'],
  cli: { command: ['iam', 'api-key'], arguments: ['params.id'] },
  summary: 'Show an API key, without its secret',
});
