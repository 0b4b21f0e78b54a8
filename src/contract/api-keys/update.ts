import Type from 'typebox';
import { IfMatchHeaders } from '../identity-changes.ts';
import { defineOperation } from '../operation.ts';
import { ApiKey, ApiKeyFields, ApiKeyId } from './api-key.ts';

export const updateApiKey = defineOperation({
  name: 'api-keys.update',
  api: 'iam',
  http: { method: 'PUT', path: '/v1/apikeys/:id', success: 200 },
  action: 'iam-identity.apikey.update',
  auditAs: 'iam-identity.user-apikey.update',
  mutates: true,
  input: {
    params: ApiKeyId,
    headers: IfMatchHeaders,
    body: Type.Object({
      name: Type.Optional(ApiKeyFields.name),
      description: ApiKeyFields.description,
      /** Empty: it does not expire. */
      expires_at: ApiKeyFields.expires_at,
      support_sessions: Type.Optional(Type.Boolean()),
      action_when_leaked: ApiKeyFields.action_when_leaked,
    }),
  },
  output: ApiKey,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED', 'INVALID_FIELD', 'ENTITY_TAG', 'ENTITY_LOCKED', 'NOT_SUPPORTED'],
  cli: {
    command: ['iam', 'api-key-update'],
    arguments: ['params.id'],
    options: {
      '-n, --name <name>': { into: 'body.name', help: 'new name' },
      '-d, --description <text>': { into: 'body.description', help: 'new description; empty takes it away' },
      '--expires-at <instant>': { into: 'body.expires_at', help: 'new end (RFC 3339); empty: never' },
    },
  },
  summary: 'Change the name, description or end of an API key',
});
