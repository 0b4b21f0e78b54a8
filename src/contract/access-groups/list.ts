import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { AccessGroup, GroupShownQuery, OFFSET_PLACES, OFFSET_QUERY } from './access-group.ts';

export const listAccessGroups = defineOperation({
  name: 'access-groups.list',
  api: 'iam',
  http: { method: 'GET', path: '/v2/groups', success: 200 },
  action: 'iam-groups.groups.list',
  auditAs: 'iam-groups.group.list',
  mutates: false,
  input: {
    query: Type.Object({
      account_id: Type.Optional(Type.String({ maxLength: 64 })),
      iam_id: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
      search: Type.Optional(Type.String({ minLength: 1, maxLength: 300, pattern: '^(id|name|description):' })),
      membership_type: Type.Optional(Type.Enum(['static', 'dynamic', 'all'])),
      sort: Type.Optional(Type.String({ pattern: '^-?(id|name|description|is_federated)$' })),
      hide_public_access: Type.Optional(Type.Boolean()),
      ...GroupShownQuery,
      ...OFFSET_QUERY,
    }),
  },
  output: Type.Object({ ...OFFSET_PLACES, groups: Type.Array(AccessGroup) }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH'],
  cli: {
    command: ['iam', 'access-groups'],
    options: {
      '--iam-id <id>': { into: 'query.iam_id', help: 'only groups that this identity is in' },
      '--search <search>': { into: 'query.search', help: 'such as name:ops, id:… or description:…' },
    },
  },
  summary: 'List the access groups that you may see',
});
