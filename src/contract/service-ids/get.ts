import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ServiceId, ServiceIdParams } from './service-id.ts';

export const getServiceId = defineOperation({
  name: 'service-ids.get',
  api: 'iam',
  http: { method: 'GET', path: '/v1/serviceids/:id', success: 200 },
  action: 'iam-identity.serviceid.get',
  mutates: false,
  input: {
    params: ServiceIdParams,
    query: Type.Object({ include_history: Type.Optional(Type.Boolean()), include_activity: Type.Optional(Type.Boolean()) }),
  },
  output: ServiceId,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED'],
  cli: { command: ['iam', 'service-id'], arguments: ['params.id'] },
  summary: 'Show a service ID',
});
