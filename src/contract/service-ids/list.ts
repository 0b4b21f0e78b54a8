import Type from 'typebox';
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
      account_id: Type.Optional(Type.String({ maxLength: 64 })),
      name: Type.Optional(Type.String({ maxLength: 100 })),
      pagesize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      pagetoken: Type.Optional(Type.String({ maxLength: 128 })),
    }),
  },
  output: Type.Object({
    offset: Type.Integer(),
    limit: Type.Integer(),
    first: Type.String(),
    next: Type.Optional(Type.String()),
    serviceids: Type.Array(ServiceId),
  }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY'],
  cli: { command: ['iam', 'service-ids'] },
  summary: 'List service IDs',
});
