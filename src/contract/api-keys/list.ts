import Type from 'typebox';
import { IDENTITY_LIST_PLACES, IDENTITY_LIST_QUERY } from '../identity-list.ts';
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
      ...IDENTITY_LIST_QUERY,
      iam_id: Type.Optional(Type.String({ maxLength: 512 })),
      scope: Type.Optional(Type.Union([Type.Literal('entity'), Type.Literal('account')])),
      type: Type.Optional(Type.Union([Type.Literal('user'), Type.Literal('serviceid')])),
      sort: Type.Optional(Type.Enum(['name', 'description', 'created_at', 'created_by', 'modified_at'])),
    }),
  },
  output: Type.Object({ ...IDENTITY_LIST_PLACES, apikeys: Type.Array(ApiKey) }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY'],
  cli: {
    command: ['iam', 'api-keys'],
    options: {
      '--iam-id <id>': { into: 'query.iam_id', help: 'only keys of this identity' },
      '--scope <scope>': { into: 'query.scope', help: 'entity (your own) or account' },
      '--type <type>': { into: 'query.type', help: 'only keys of users, or of service IDs' },
      '--sort <field>': { into: 'query.sort', help: 'what the list is in the order of' },
      '--order <order>': { into: 'query.order', help: 'asc or desc' },
      '--filter <filter>': { into: 'query.filter', help: 'such as \'name sw "ci-"\'' },
    },
  },
  summary: 'List API keys, without their secrets',
});
