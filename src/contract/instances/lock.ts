import { defineOperation } from '../operation.ts';
import { InstanceParams, ResourceInstance } from './instance.ts';

const frame = {
  api: 'resource-controller',
  action: 'resource-controller.instance.update',
  mutates: true,
  input: { params: InstanceParams },
  output: ResourceInstance,
  sensitive: [],
  errors: ['RESOURCE_NOT_FOUND', 'RESOURCE_GONE', 'ACTION_DENIED'],
} as const;

export const lockInstance = defineOperation({
  ...frame,
  name: 'instances.lock',
  http: { method: 'POST', path: '/v2/resource_instances/:id/lock', success: 200 },
  auditAs: 'kms.instance.lock',
  cli: { command: ['resource', 'service-instance-lock'], arguments: ['params.id'] },
  summary: 'Lock an instance: it can be neither changed nor deleted until it is unlocked',
});

export const unlockInstance = defineOperation({
  ...frame,
  name: 'instances.unlock',
  http: { method: 'DELETE', path: '/v2/resource_instances/:id/lock', success: 200 },
  auditAs: 'kms.instance.unlock',
  cli: { command: ['resource', 'service-instance-unlock'], arguments: ['params.id'] },
  summary: 'Unlock an instance',
});
