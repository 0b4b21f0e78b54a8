import { defineOperation } from '../operation.ts';
import { ActivityQuery, UserParams } from './user.ts';

export const removeUser = defineOperation({
  name: 'users.remove',
  api: 'iam',
  http: {
    method: 'DELETE',
    path: '/v2/accounts/:account_id/users/:iam_id',
    aliases: ['/v3/accounts/:account_id/users/:iam_id'],
    success: 204,
  },
  action: 'user-management.user.delete',
  mutates: true,
  input: { params: UserParams, query: ActivityQuery },
  output: undefined,
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'IAM_NOT_FOUND', 'ACCOUNT_OWNER'],
  summary: 'Remove a user from the account, with his API keys, policies and places in access groups',
});
