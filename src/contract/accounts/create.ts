import Type, { type Static } from 'typebox';
import { ShownInvitation } from '../invitations/invitation.ts';
import { defineOperation } from '../operation.ts';
import { EmailAddress } from '../users/user.ts';
import { Account, AccountName } from './account.ts';

export const NewAccountReply = Type.Object({
  ...Account.properties,
  resource_group_id: Type.String(),
  /** Where the owner is named by e-mail address: what he becomes the owner with. Shown this one time. */
  invitation: Type.Optional(ShownInvitation),
});
export type NewAccountReply = Static<typeof NewAccountReply>;

export const createAccount = defineOperation({
  name: 'accounts.create',
  api: 'iam',
  http: { method: 'POST', path: '/v1/accounts', success: 201 },
  action: 'server.account.create',
  auditAs: 'iam-identity.account.create',
  mutates: true,
  input: {
    body: Type.Object({
      name: AccountName,
      /** Who is to own it: a person who is known by this id, … */
      owner_iam_id: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
      /** … or whoever accepts the invitation for this address. */
      owner_email: Type.Optional(EmailAddress),
    }),
  },
  output: NewAccountReply,
  sensitive: ['output.invitation.token'],
  errors: ['INVALID_FIELD'],
  cli: {
    command: ['account', 'create'],
    arguments: ['body.name'],
    options: {
      '--owner <email>': { into: 'body.owner_email', help: 'e-mail address of who is to own the account' },
      '--owner-iam-id <id>': { into: 'body.owner_iam_id', help: 'a person who is known to this server, such as yourself' },
    },
  },
  summary: 'Create another account on this server',
});
