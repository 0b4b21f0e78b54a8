import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { AccessGroupParams } from './access-group.ts';

export const deleteAccessGroup = defineOperation({
  name: 'access-groups.delete',
  api: 'iam',
  http: { method: 'DELETE', path: '/v2/groups/:id', success: 204 },
  action: 'iam-groups.groups.delete',
  auditAs: 'iam-groups.group.delete',
  mutates: true,
  input: { params: AccessGroupParams, query: Type.Object({ force: Type.Optional(Type.Boolean()) }) },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'GROUP_HAS_MEMBERS'],
  cli: {
    command: ['iam', 'access-group-delete'],
    arguments: ['params.id'],
    options: { '-f, --force': { into: 'query.force', help: 'also if it has members' } },
  },
  summary: 'Delete an access group with its policies',
});
