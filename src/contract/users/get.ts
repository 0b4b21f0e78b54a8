import { defineOperation } from '../operation.ts';
import { ActivityQuery, User, UserParams } from './user.ts';

export const getUser = defineOperation({
  name: 'users.get',
  api: 'iam',
  http: { method: 'GET', path: '/v2/accounts/:account_id/users/:iam_id', success: 200 },
  action: 'user-management.user.retrieve',
  mutates: false,
  input: { params: UserParams, query: ActivityQuery },
  output: User,
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'IAM_NOT_FOUND'],
  summary: 'Show a user of the account',
});
