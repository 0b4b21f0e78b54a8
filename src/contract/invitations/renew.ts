import { defineOperation } from '../operation.ts';
import { InvitationId, ShownInvitation } from './invitation.ts';

export const renewInvitation = defineOperation({
  name: 'invitations.renew',
  api: 'iam',
  http: { method: 'POST', path: '/v1/invitations/:id/renew', success: 200 },
  action: 'user-management.user.create',
  auditAs: 'user-management.invitation.renew',
  mutates: true,
  input: { params: InvitationId },
  output: ShownInvitation,
  sensitive: ['output.token'],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED', 'ACCOUNT_OWNER'],
  cli: { command: ['account', 'invitation-renew'], arguments: ['params.id'] },
  summary: 'Make a new token for an invitation; the old one no longer counts',
});
