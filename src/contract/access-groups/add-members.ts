import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { AccessGroupParams } from './access-group.ts';
import { MEMBER_TYPES, MemberResult, MOST_AT_ONCE } from './member.ts';

export const addMembers = defineOperation({
  name: 'access-groups.add-members',
  api: 'iam',
  http: { method: 'PUT', path: '/v2/groups/:id/members', success: 207 },
  action: 'iam-groups.members.add',
  auditAs: 'iam-groups.member.add',
  mutates: true,
  input: {
    params: AccessGroupParams,
    body: Type.Object({
      members: Type.Array(
        Type.Object({ iam_id: Type.String({ minLength: 1, maxLength: 512 }), type: Type.Enum([...MEMBER_TYPES]) }),
        { minItems: 1, maxItems: MOST_AT_ONCE },
      ),
    }),
  },
  output: Type.Object({ members: Type.Array(MemberResult) }),
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  summary: 'Add members to an access group',
});
