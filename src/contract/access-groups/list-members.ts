import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { AccessGroupParams, OFFSET_PLACES, OFFSET_QUERY } from './access-group.ts';
import { MEMBER_TYPES, Member } from './member.ts';

export const listMembers = defineOperation({
  name: 'access-groups.list-members',
  api: 'iam',
  http: { method: 'GET', path: '/v2/groups/:id/members', success: 200 },
  action: 'iam-groups.members.list',
  auditAs: 'iam-groups.member.list',
  mutates: false,
  input: {
    params: AccessGroupParams,
    query: Type.Object({
      membership_type: Type.Optional(Type.Enum(['static', 'dynamic', 'all'])),
      type: Type.Optional(Type.Enum([...MEMBER_TYPES])),
      verbose: Type.Optional(Type.Boolean()),
      sort: Type.Optional(Type.Enum(['id', '-id'])),
      ...OFFSET_QUERY,
    }),
  },
  output: Type.Object({ ...OFFSET_PLACES, members: Type.Array(Member) }),
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  summary: 'List the members of an access group',
});
