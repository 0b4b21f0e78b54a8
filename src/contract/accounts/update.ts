import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { Account, AccountId, AccountName } from './account.ts';

export const updateAccount = defineOperation({
  name: 'accounts.update',
  api: 'iam',
  http: { method: 'PATCH', path: '/v1/accounts/:id', success: 200 },
  action: 'account-management.account.update',
  auditAs: 'iam-identity.account.update',
  mutates: true,
  input: {
    params: AccountId,
    body: Type.Object({
      name: Type.Optional(AccountName),
      /** The active user who is to own the account. Only its owner hands it over. */
      owner_iam_id: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
    }),
  },
  output: Account,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'INVALID_FIELD', 'ACTION_DENIED', 'USER_STATE'],
  summary: 'Rename the account, or hand it over to another user',
});
