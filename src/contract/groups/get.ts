import { defineOperation } from '../operation.ts';
import { GroupParams, ResourceGroup } from './group.ts';

export const getGroup = defineOperation({
  name: 'groups.get',
  api: 'resource-controller',
  http: { method: 'GET', path: '/v2/resource_groups/:id', success: 200 },
  action: 'resource-controller.group.retrieve',
  mutates: false,
  input: { params: GroupParams },
  output: ResourceGroup,
  sensitive: [],
  errors: ['RESOURCE_NOT_FOUND'],
  cli: { command: ['resource', 'group'], arguments: ['params.id'] },
  summary: 'Show a resource group',
});
