import Type, { type Static } from 'typebox';
import { defineOperation } from '../operation.ts';
import { UserState } from '../users/user.ts';
import { Account } from './account.ts';

/** An account and what the caller is in it. `PENDING`: invited. */
export const OwnAccount = Type.Object({ ...Account.properties, state: UserState });
export type OwnAccount = Static<typeof OwnAccount>;

export const listAccounts = defineOperation({
  name: 'accounts.list',
  api: 'iam',
  http: { method: 'GET', path: '/v1/accounts', success: 200 },
  action: 'account-management.account.read',
  auditAs: 'iam-identity.account.list',
  mutates: false,
  input: {},
  output: Type.Object({ accounts: Type.Array(OwnAccount) }),
  sensitive: [],
  errors: [],
  cli: { command: ['account', 'list'] },
  summary: 'List the accounts that you are a user of, or invited to',
});
