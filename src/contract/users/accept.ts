import Type from 'typebox';
import { InvitationToken } from '../invitations/invitation.ts';
import { defineOperation } from '../operation.ts';

export const acceptAsUser = defineOperation({
  name: 'users.accept',
  api: 'iam',
  http: { method: 'POST', path: '/v2/users/accept', success: 202 },
  action: 'user-management.user.update',
  auditAs: 'user-management.invitation.accept',
  mutates: true,
  input: {
    /** What the inviter was shown: an address alone does not say that it is yours. */
    headers: Type.Object({ 'invitation-token': InvitationToken }),
    body: Type.Object({ account_id: Type.String({ minLength: 1, maxLength: 64 }) }),
  },
  output: undefined,
  sensitive: ['headers.invitation-token'],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED', 'OVERLOADED'],
  summary: 'Accept an invitation to another account as who you are logged in as',
});
