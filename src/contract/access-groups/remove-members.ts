import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { AccessGroupParams } from './access-group.ts';
import { MemberResult, MOST_AT_ONCE } from './member.ts';

export const removeMembers = defineOperation({
  name: 'access-groups.remove-members',
  api: 'iam',
  http: { method: 'POST', path: '/v2/groups/:id/members/delete', success: 207 },
  action: 'iam-groups.members.delete',
  auditAs: 'iam-groups.member.delete',
  mutates: true,
  input: {
    params: AccessGroupParams,
    body: Type.Object({
      members: Type.Array(Type.String({ minLength: 1, maxLength: 512 }), { minItems: 1, maxItems: MOST_AT_ONCE }),
    }),
  },
  output: Type.Object({ access_group_id: Type.String(), members: Type.Array(MemberResult) }),
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  summary: 'Remove several members from an access group',
});
