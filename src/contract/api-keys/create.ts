import Type from 'typebox';
import { HeaderFlag } from '../identity-changes.ts';
import { defineOperation } from '../operation.ts';
import { ApiKey, ApiKeyFields } from './api-key.ts';

export const createApiKey = defineOperation({
  name: 'api-keys.create',
  api: 'iam',
  http: { method: 'POST', path: '/v1/apikeys', success: 201 },
  action: 'iam-identity.apikey.create',
  auditAs: 'iam-identity.user-apikey.create',
  mutates: true,
  input: {
    headers: Type.Object({ 'entity-lock': HeaderFlag, 'entity-disable': HeaderFlag }),
    body: Type.Object({
      ...ApiKeyFields,
      /** Whose key: the caller's own identity (default) or a service ID of the account. */
      iam_id: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
      account_id: Type.Optional(Type.String({ maxLength: 64 })),
      support_sessions: Type.Optional(Type.Boolean()),
    }),
  },
  output: ApiKey,
  sensitive: ['body.apikey', 'output.apikey'],
  errors: ['INVALID_FIELD', 'ACCOUNT_MISMATCH', 'ACTION_DENIED', 'IAM_NOT_FOUND', 'NOT_SUPPORTED'],
  cli: {
    command: ['iam', 'api-key-create'],
    arguments: ['body.name'],
    options: {
      '-d, --description <text>': { into: 'body.description', help: 'what the key is for' },
      '--expires-at <instant>': { into: 'body.expires_at', help: 'when it ends (RFC 3339); never if absent' },
    },
  },
  summary: 'Create an API key; its secret is shown this one time',
});
