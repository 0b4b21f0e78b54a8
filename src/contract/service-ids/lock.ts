import { defineOperation } from '../operation.ts';
import { ServiceIdParams } from './service-id.ts';

export const lockServiceId = defineOperation({
  name: 'service-ids.lock',
  api: 'iam',
  http: { method: 'POST', path: '/v1/serviceids/:id/lock', success: 204 },
  action: 'iam-identity.serviceid.update',
  auditAs: 'iam-identity.serviceid.lock',
  mutates: true,
  input: { params: ServiceIdParams },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED'],
  cli: { command: ['iam', 'service-id-lock'], arguments: ['params.id'] },
  summary: 'Lock a service ID: it works, but can be neither changed nor deleted',
});
