import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { AccessGroup, AccessGroupParams, GroupShownQuery } from './access-group.ts';

export const getAccessGroup = defineOperation({
  name: 'access-groups.get',
  api: 'iam',
  http: { method: 'GET', path: '/v2/groups/:id', success: 200 },
  action: 'iam-groups.groups.read',
  auditAs: 'iam-groups.group.read',
  mutates: false,
  input: { params: AccessGroupParams, query: Type.Object(GroupShownQuery) },
  output: AccessGroup,
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  cli: { command: ['iam', 'access-group'], arguments: ['params.id'] },
  summary: 'Show an access group',
});
