import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ApiKey } from './api-key.ts';

export const getApiKeyDetails = defineOperation({
  name: 'api-keys.details',
  api: 'iam',
  http: { method: 'GET', path: '/v1/apikeys/details', success: 200 },
  action: 'iam-identity.apikey.get',
  mutates: false,
  input: {
    query: Type.Object({ include_history: Type.Optional(Type.Boolean()) }),
    headers: Type.Object({ 'iam-apikey': Type.String({ minLength: 1, maxLength: 512 }) }),
  },
  output: ApiKey,
  sensitive: ['headers.iam-apikey'],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED', 'OVERLOADED'],
  summary: 'Show the API key that a secret belongs to',
});
