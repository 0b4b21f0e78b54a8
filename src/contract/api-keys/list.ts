import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ApiKey } from './api-key.ts';

export const listApiKeys = defineOperation({
  name: 'api-keys.list',
  api: 'iam',
  http: { method: 'GET', path: '/v1/apikeys', success: 200 },
  action: 'iam-identity.apikey.list',
  mutates: false,
  input: {
    query: Type.Object({
      account_id: Type.Optional(Type.String({ maxLength: 64 })),
      iam_id: Type.Optional(Type.String({ maxLength: 512 })),
      scope: Type.Optional(Type.Union([Type.Literal('entity'), Type.Literal('account')])),
      type: Type.Optional(Type.Union([Type.Literal('user'), Type.Literal('serviceid')])),
      pagesize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      pagetoken: Type.Optional(Type.String({ maxLength: 128 })),
    }),
  },
  output: Type.Object({
    offset: Type.Integer(),
    limit: Type.Integer(),
    first: Type.String(),
    next: Type.Optional(Type.String()),
    apikeys: Type.Array(ApiKey),
  }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY'],
  cli: {
    command: ['iam', 'api-keys'],
    options: {
      '--iam-id <id>': { into: 'query.iam_id', help: 'only keys of this identity' },
      '--scope <scope>': { into: 'query.scope', help: 'entity (your own) or account' },
    },
  },
  summary: 'List API keys, without their secrets',
});
