import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ResourceGroup } from './group.ts';

export const listGroups = defineOperation({
  name: 'groups.list',
  api: 'resource-controller',
  http: { method: 'GET', path: '/v2/resource_groups', success: 200 },
  action: 'resource-controller.group.retrieve',
  mutates: false,
  input: {
    query: Type.Object({
      account_id: Type.Optional(Type.String({ maxLength: 64 })),
      name: Type.Optional(Type.String({ maxLength: 180 })),
      default: Type.Optional(Type.Boolean()),
      /** Groups that were deleted are gone, so this adds none. */
      include_deleted: Type.Optional(Type.Boolean()),
      date: Type.Optional(Type.String({ maxLength: 40 })),
    }),
  },
  output: Type.Object({ resources: Type.Array(ResourceGroup) }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY'],
  cli: { command: ['resource', 'groups'] },
  summary: 'List the resource groups of the account',
});
