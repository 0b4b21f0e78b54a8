import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { GROUP_NAME_LENGTH } from './group.ts';

export const createGroup = defineOperation({
  name: 'groups.create',
  api: 'resource-controller',
  http: { method: 'POST', path: '/v2/resource_groups', success: 201 },
  action: 'resource-controller.group.create',
  mutates: true,
  input: {
    body: Type.Object({
      name: Type.String({ minLength: 1, maxLength: 4 * GROUP_NAME_LENGTH }),
      account_id: Type.Optional(Type.String({ maxLength: 64 })),
    }),
  },
  output: Type.Object({ id: Type.String(), crn: Type.String() }),
  sensitive: [],
  errors: ['INVALID_FIELD', 'ACCOUNT_MISMATCH', 'RESOURCE_GROUP_NAME_TAKEN', 'ACTION_DENIED'],
  cli: { command: ['resource', 'group-create'], arguments: ['body.name'] },
  summary: 'Create a resource group',
});
