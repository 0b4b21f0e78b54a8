import { defineOperation } from '../operation.ts';
import { ServiceIdParams } from './service-id.ts';

export const deleteServiceId = defineOperation({
  name: 'service-ids.delete',
  api: 'iam',
  http: { method: 'DELETE', path: '/v1/serviceids/:id', success: 204 },
  action: 'iam-identity.serviceid.delete',
  mutates: true,
  input: { params: ServiceIdParams },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED', 'ENTITY_LOCKED'],
  cli: { command: ['iam', 'service-id-delete'], arguments: ['params.id'] },
  summary: 'Delete a service ID with its API keys and policies',
});
