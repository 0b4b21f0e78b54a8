import { defineOperation } from '../operation.ts';
import { MemberParams } from './access-group.ts';

export const removeMember = defineOperation({
  name: 'access-groups.remove-member',
  api: 'iam',
  http: { method: 'DELETE', path: '/v2/groups/:id/members/:iam_id', success: 204 },
  action: 'iam-groups.members.delete',
  auditAs: 'iam-groups.member.delete',
  mutates: true,
  input: { params: MemberParams },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  summary: 'Remove a member from an access group',
});
