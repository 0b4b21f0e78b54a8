import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { AccountParams, User } from './user.ts';

export const listUsers = defineOperation({
  name: 'users.list',
  api: 'iam',
  http: { method: 'GET', path: '/v2/accounts/:account_id/users', success: 200 },
  action: 'user-management.user.list',
  mutates: false,
  input: {
    params: AccountParams,
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      _start: Type.Optional(Type.String({ maxLength: 1024 })),
      /** What a user logs in by: his e-mail address. */
      user_id: Type.Optional(Type.String({ maxLength: 254 })),
      /** `field:value`, several with commas between them: users of whom one of these holds. */
      search: Type.Optional(Type.String({ maxLength: 2048 })),
      include_settings: Type.Optional(Type.Boolean()),
    }),
  },
  output: Type.Object({
    total_results: Type.Integer(),
    limit: Type.Integer(),
    first_url: Type.String(),
    next_url: Type.Optional(Type.String()),
    resources: Type.Array(User),
  }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY', 'NOT_SUPPORTED'],
  cli: {
    command: ['account', 'users'],
    options: { '--search <conditions>': { into: 'query.search', help: 'such as state:PENDING or email:ada@example.com' } },
  },
  summary: 'List the users of the account',
});
