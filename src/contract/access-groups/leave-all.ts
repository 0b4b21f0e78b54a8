import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { AccountQuery } from './access-group.ts';
import { GroupResult } from './member.ts';

export const leaveAllGroups = defineOperation({
  name: 'access-groups.leave-all',
  api: 'iam',
  http: { method: 'DELETE', path: '/v2/groups/_allgroups/members/:iam_id', success: 207 },
  action: 'iam-groups.members.delete',
  auditAs: 'iam-groups.member.delete',
  mutates: true,
  input: { params: Type.Object({ iam_id: Type.String({ minLength: 1, maxLength: 512 }) }), query: AccountQuery },
  output: Type.Object({ iam_id: Type.String(), groups: Type.Array(GroupResult) }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'IAM_NOT_FOUND'],
  summary: 'Remove an identity from every access group of the account',
});
