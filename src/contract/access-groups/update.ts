import Type from 'typebox';
import { DistinctName, IfMatchHeaders } from '../identity-changes.ts';
import { defineOperation } from '../operation.ts';
import { AccessGroup, AccessGroupParams, GroupDescription } from './access-group.ts';

export const updateAccessGroup = defineOperation({
  name: 'access-groups.update',
  api: 'iam',
  http: { method: 'PATCH', path: '/v2/groups/:id', success: 200 },
  action: 'iam-groups.groups.update',
  auditAs: 'iam-groups.group.update',
  mutates: true,
  input: {
    params: AccessGroupParams,
    headers: IfMatchHeaders,
    body: Type.Object({ name: Type.Optional(DistinctName), description: GroupDescription }),
  },
  output: AccessGroup,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ENTITY_TAG', 'NAME_TAKEN'],
  cli: {
    command: ['iam', 'access-group-update'],
    arguments: ['params.id'],
    options: {
      '-n, --name <name>': { into: 'body.name', help: 'new name' },
      '-d, --description <text>': { into: 'body.description', help: 'new description; empty takes it away' },
    },
  },
  summary: 'Change the name or description of an access group',
});
