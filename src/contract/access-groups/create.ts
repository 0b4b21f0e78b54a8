import Type from 'typebox';
import { DistinctName } from '../identity-changes.ts';
import { defineOperation } from '../operation.ts';
import { AccessGroup, AccountQuery, GroupDescription } from './access-group.ts';

export const createAccessGroup = defineOperation({
  name: 'access-groups.create',
  api: 'iam',
  http: { method: 'POST', path: '/v2/groups', success: 201 },
  action: 'iam-groups.groups.create',
  auditAs: 'iam-groups.group.create',
  mutates: true,
  input: { query: AccountQuery, body: Type.Object({ name: DistinctName, description: GroupDescription }) },
  output: AccessGroup,
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'NAME_TAKEN'],
  cli: {
    command: ['iam', 'access-group-create'],
    arguments: ['body.name'],
    options: { '-d, --description <text>': { into: 'body.description', help: 'what the group is for' } },
  },
  summary: 'Create an access group',
});
