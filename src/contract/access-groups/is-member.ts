import { defineOperation } from '../operation.ts';
import { MemberParams } from './access-group.ts';

export const isMember = defineOperation({
  name: 'access-groups.is-member',
  api: 'iam',
  http: { method: 'HEAD', path: '/v2/groups/:id/members/:iam_id', success: 204 },
  action: 'iam-groups.members.list',
  auditAs: 'iam-groups.member.list',
  mutates: false,
  input: { params: MemberParams },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  summary: 'Say if an identity is a member of an access group',
});
