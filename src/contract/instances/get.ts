import { defineOperation } from '../operation.ts';
import { InstanceParams, ResourceInstance } from './instance.ts';

export const getInstance = defineOperation({
  name: 'instances.get',
  api: 'resource-controller',
  http: { method: 'GET', path: '/v2/resource_instances/:id', success: 200 },
  action: 'resource-controller.instance.retrieve',
  auditAs: 'kms.instance.read',
  mutates: false,
  input: { params: InstanceParams },
  output: ResourceInstance,
  sensitive: [],
  errors: ['RESOURCE_NOT_FOUND', 'ACTION_DENIED'],
  cli: { command: ['resource', 'service-instance'], arguments: ['params.id'] },
  summary: 'Show an instance',
});
