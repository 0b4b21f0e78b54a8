import { defineOperation } from '../operation.ts';
import { ServiceIdParams } from './service-id.ts';

export const unlockServiceId = defineOperation({
  name: 'service-ids.unlock',
  api: 'iam',
  http: { method: 'DELETE', path: '/v1/serviceids/:id/lock', success: 204 },
  action: 'iam-identity.serviceid.update',
  auditAs: 'iam-identity.serviceid.unlock',
  mutates: true,
  input: { params: ServiceIdParams },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED'],
  cli: { command: ['iam', 'service-id-unlock'], arguments: ['params.id'] },
  summary: 'Unlock a service ID',
});
