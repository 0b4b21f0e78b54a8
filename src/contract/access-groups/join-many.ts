import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { AccountQuery } from './access-group.ts';
import { GroupResult, MEMBER_TYPES, MOST_AT_ONCE } from './member.ts';

export const joinGroups = defineOperation({
  name: 'access-groups.join-many',
  api: 'iam',
  http: { method: 'PUT', path: '/v2/groups/_allgroups/members/:iam_id', success: 207 },
  action: 'iam-groups.members.add',
  auditAs: 'iam-groups.member.add',
  mutates: true,
  input: {
    params: Type.Object({ iam_id: Type.String({ minLength: 1, maxLength: 512 }) }),
    query: AccountQuery,
    body: Type.Object({
      type: Type.Optional(Type.Enum([...MEMBER_TYPES])),
      groups: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: MOST_AT_ONCE }),
    }),
  },
  output: Type.Object({ iam_id: Type.String(), groups: Type.Array(GroupResult) }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'IAM_NOT_FOUND', 'INVALID_FIELD'],
  summary: 'Add an identity to several access groups',
});
