import type { Account } from '../accounts/account.ts';
import type { NewAccountReply } from '../accounts/create.ts';
import type { OwnAccount } from '../accounts/list.ts';
import type { Invitation } from '../invitations/invitation.ts';
import type { InvitedUser } from '../users/invite.ts';
import type { User } from '../users/user.ts';
import { type Column, instantText } from './column.ts';

export const ACCOUNT_PAGE: readonly Column<Account>[] = [
  { title: 'Account Name', value: ({ name }) => name },
  { title: 'Account ID', value: ({ id }) => id },
  { title: 'Owner', value: ({ owner_iam_id }) => owner_iam_id },
  { title: 'Created At', value: ({ created_at }) => instantText(created_at) },
];

export const ACCOUNTS: readonly Column<OwnAccount>[] = [
  { title: 'Account Name', value: ({ name }) => name },
  { title: 'Account ID', value: ({ id }) => id },
  { title: 'State', value: ({ state }) => state },
  { title: 'Owner', value: ({ owner_iam_id }) => owner_iam_id },
];

export const NEW_ACCOUNT: readonly Column<NewAccountReply>[] = [
  { title: 'Account Name', value: ({ name }) => name },
  { title: 'Account ID', value: ({ id }) => id },
  { title: 'Owner', value: ({ owner_iam_id }) => owner_iam_id },
  { title: 'Resource Group ID', value: ({ resource_group_id }) => resource_group_id },
  { title: 'Invitation Token', value: ({ invitation }) => invitation?.token ?? '' },
  { title: 'Expires', value: ({ invitation }) => instantText(invitation?.expires_at) },
];

export const USERS: readonly Column<User>[] = [
  { title: 'User ID', value: ({ user_id }) => user_id },
  { title: 'Name', value: ({ firstname, lastname }) => `${firstname} ${lastname}`.trim() },
  { title: 'State', value: ({ state }) => state },
  { title: 'IAM ID', value: ({ iam_id }) => iam_id },
  { title: 'Added', value: ({ added_on }) => instantText(added_on) },
];

export const INVITED_USERS: readonly Column<InvitedUser>[] = [
  { title: 'User ID', value: ({ email }) => email },
  { title: 'State', value: ({ state }) => state },
  { title: 'Invitation Token', value: ({ invitation }) => invitation.token },
  { title: 'Expires', value: ({ invitation }) => instantText(invitation.expires_at) },
];

export const INVITATIONS: readonly Column<Invitation>[] = [
  { title: 'User ID', value: ({ email }) => email },
  { title: 'ID', value: ({ id }) => id },
  { title: 'Expires', value: ({ expires_at }) => instantText(expires_at) },
  { title: 'Invited By', value: ({ created_by }) => created_by },
];
