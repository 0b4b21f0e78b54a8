import { defineOperation } from '../operation.ts';
import { GroupParams } from './group.ts';

export const deleteGroup = defineOperation({
  name: 'groups.delete',
  api: 'resource-controller',
  http: { method: 'DELETE', path: '/v2/resource_groups/:id', success: 204 },
  action: 'resource-controller.group.delete',
  mutates: true,
  input: { params: GroupParams },
  output: undefined,
  sensitive: [],
  errors: ['RESOURCE_NOT_FOUND', 'RESOURCE_GROUP_DEFAULT', 'RESOURCE_GROUP_NOT_EMPTY', 'ACTION_DENIED'],
  cli: { command: ['resource', 'group-delete'], arguments: ['params.id'] },
  summary: 'Delete a resource group that nothing is in',
});
