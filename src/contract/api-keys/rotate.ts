import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ApiKey, ApiKeyId } from './api-key.ts';

/** A week. */
export const LONGEST_GRACE_SECONDS = 7 * 86_400;

export const rotateApiKey = defineOperation({
  name: 'api-keys.rotate',
  api: 'iam',
  http: { method: 'POST', path: '/v1/apikeys/:id/rotate', success: 200 },
  action: 'iam-identity.apikey.update',
  auditAs: 'iam-identity.user-apikey.rotate',
  mutates: true,
  input: {
    params: ApiKeyId,
    body: Type.Optional(
      Type.Object({
        /** How long the secret from before goes on; without it, it stops at once. */
        grace_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_GRACE_SECONDS })),
      }),
    ),
  },
  output: ApiKey,
  sensitive: ['output.apikey'],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED', 'INVALID_FIELD', 'ENTITY_LOCKED'],
  cli: {
    command: ['iam', 'api-key-rotate'],
    arguments: ['params.id'],
    options: {
      '--grace-seconds <seconds>': {
        into: 'body.grace_seconds',
        help: 'how long the old secret goes on, up to a week; 0 if absent',
      },
    },
  },
  summary: 'Give an API key a new secret, shown this one time; the old one stops at once or after a while',
});
