import Type, { type Static } from 'typebox';
import { ShownInvitation } from '../invitations/invitation.ts';
import { defineOperation } from '../operation.ts';
import { AccountParams, EmailAddress } from './user.ts';

const Attributes = Type.Object({
  attributes: Type.Array(Type.Object({ name: Type.String({ maxLength: 64 }), value: Type.String({ maxLength: 1024 }) }), {
    maxItems: 16,
  }),
});

/** An access policy for everybody who is invited; what it is about, as in version 1 of policies. */
export const InvitedPolicy = Type.Object({
  type: Type.Literal('access'),
  roles: Type.Array(Type.Object({ role_id: Type.String({ maxLength: 256 }) }), { minItems: 1, maxItems: 16 }),
  resources: Type.Array(Attributes, { minItems: 1, maxItems: 1 }),
});
export type InvitedPolicy = Static<typeof InvitedPolicy>;

export const InvitedUser = Type.Object({
  email: Type.String(),
  id: Type.String(),
  state: Type.Literal('PENDING'),
  invitation: ShownInvitation,
});
export type InvitedUser = Static<typeof InvitedUser>;

export const inviteUsers = defineOperation({
  name: 'users.invite',
  api: 'iam',
  http: { method: 'POST', path: '/v2/accounts/:account_id/users', success: 202 },
  action: 'user-management.user.create',
  auditAs: 'user-management.user.invite',
  mutates: true,
  input: {
    params: AccountParams,
    body: Type.Object({
      users: Type.Array(Type.Object({ email: EmailAddress, account_role: Type.Optional(Type.String({ maxLength: 64 })) }), {
        minItems: 1,
        maxItems: 50,
      }),
      iam_policy: Type.Optional(Type.Array(InvitedPolicy, { maxItems: 20 })),
      access_groups: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 50 })),
    }),
  },
  output: Type.Object({ resources: Type.Array(InvitedUser) }),
  sensitive: ['output.resources.invitation.token'],
  errors: [
    'ACCOUNT_MISMATCH',
    'INVALID_FIELD',
    'ROLE_NOT_FOUND',
    'ACTION_DENIED',
    'USER_EXISTS',
    'ACCOUNT_OWNER',
    'POLICY_CONFLICT',
    'NOT_SUPPORTED',
  ],
  summary: 'Invite people to the account; what each accepts with is shown this one time',
});
