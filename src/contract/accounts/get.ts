import { defineOperation } from '../operation.ts';
import { Account, AccountId } from './account.ts';

export const getAccount = defineOperation({
  name: 'accounts.get',
  api: 'iam',
  http: { method: 'GET', path: '/v1/accounts/:id', success: 200 },
  action: 'account-management.account.read',
  auditAs: 'iam-identity.account.read',
  mutates: false,
  input: { params: AccountId },
  output: Account,
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  summary: 'Show the account that you are logged in to',
});
