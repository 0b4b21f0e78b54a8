import { defineOperation } from '../operation.ts';
import { InstanceParams } from './instance.ts';

/** Every operation on an instance ends before it is answered, so there is never one to cancel. */
export const cancelLastOperation = defineOperation({
  name: 'instances.cancel',
  api: 'resource-controller',
  http: { method: 'DELETE', path: '/v2/resource_instances/:id/last_operation', success: 204 },
  action: 'resource-controller.instance.update',
  auditAs: 'kms.instance.cancel',
  mutates: false,
  input: { params: InstanceParams },
  output: undefined,
  sensitive: [],
  errors: ['RESOURCE_NOT_FOUND', 'OPERATION_ENDED', 'ACTION_DENIED'],
  summary: 'Cancel the last operation of an instance (always refused: none is under way)',
});
