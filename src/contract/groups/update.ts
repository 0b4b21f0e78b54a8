import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { GROUP_NAME_LENGTH, GroupParams, ResourceGroup } from './group.ts';

export const updateGroup = defineOperation({
  name: 'groups.update',
  api: 'resource-controller',
  http: { method: 'PATCH', path: '/v2/resource_groups/:id', success: 200 },
  action: 'resource-controller.group.update',
  mutates: true,
  input: {
    params: GroupParams,
    body: Type.Object({
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 4 * GROUP_NAME_LENGTH })),
      /** No group is ever in another one. */
      state: Type.Optional(Type.Literal('ACTIVE')),
    }),
  },
  output: ResourceGroup,
  sensitive: [],
  errors: ['INVALID_FIELD', 'RESOURCE_NOT_FOUND', 'RESOURCE_GROUP_NAME_TAKEN', 'ACTION_DENIED'],
  cli: {
    command: ['resource', 'group-update'],
    arguments: ['params.id'],
    options: { '-n, --name <name>': { into: 'body.name', help: 'new name' } },
  },
  summary: 'Rename a resource group',
});
