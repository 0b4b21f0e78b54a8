import { defineOperation } from '../operation.ts';
import { InvitationId } from './invitation.ts';

export const deleteInvitation = defineOperation({
  name: 'invitations.delete',
  api: 'iam',
  http: { method: 'DELETE', path: '/v1/invitations/:id', success: 204 },
  action: 'user-management.user.delete',
  auditAs: 'user-management.invitation.delete',
  mutates: true,
  input: { params: InvitationId },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACCOUNT_OWNER'],
  cli: { command: ['account', 'invitation-delete'], arguments: ['params.id'] },
  summary: 'Take an invitation back, with all that was given to whoever is invited',
});
