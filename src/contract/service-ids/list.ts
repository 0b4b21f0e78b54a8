import Type from 'typebox';
import { IDENTITY_LIST_PLACES, IDENTITY_LIST_QUERY } from '../identity-list.ts';
import { defineOperation } from '../operation.ts';
import { ServiceId } from './service-id.ts';

export const listServiceIds = defineOperation({
  name: 'service-ids.list',
  api: 'iam',
  http: { method: 'GET', path: '/v1/serviceids/', success: 200 },
  action: 'iam-identity.serviceid.list',
  mutates: false,
  input: {
    query: Type.Object({
      ...IDENTITY_LIST_QUERY,
      name: Type.Optional(Type.String({ maxLength: 100 })),
      sort: Type.Optional(Type.Enum(['name', 'description', 'created_at', 'modified_at'])),
    }),
  },
  output: Type.Object({ ...IDENTITY_LIST_PLACES, serviceids: Type.Array(ServiceId) }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY'],
  cli: {
    command: ['iam', 'service-ids'],
    options: {
      '--name <name>': { into: 'query.name', help: 'only those of this name' },
      '--sort <field>': { into: 'query.sort', help: 'what the list is in the order of' },
      '--order <order>': { into: 'query.order', help: 'asc or desc' },
      '--filter <filter>': { into: 'query.filter', help: 'such as \'name sw "ci-"\'' },
    },
  },
  summary: 'List service IDs',
});
