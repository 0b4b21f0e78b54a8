import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { Password } from '../users/user.ts';
import { InvitationToken } from './invitation.ts';

export const acceptInvitation = defineOperation({
  name: 'invitations.accept',
  api: 'iam',
  http: { method: 'POST', path: '/v1/invitations/accept', success: 200 },
  action: 'public',
  auditAs: 'user-management.invitation.accept',
  mutates: true,
  input: {
    body: Type.Object({
      token: InvitationToken,
      /** The password that the person has; of somebody new, the one to set. */
      password: Password,
      /** Of somebody new. */
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    }),
  },
  output: Type.Object({ account_id: Type.String(), iam_id: Type.String(), email: Type.String(), state: Type.Literal('ACTIVE') }),
  sensitive: ['body.token', 'body.password'],
  errors: ['IAM_NOT_FOUND', 'INVALID_FIELD', 'ACTION_DENIED', 'OVERLOADED'],
  summary: 'Become a user of the account that you are invited to',
});
