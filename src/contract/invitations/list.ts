import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { Invitation } from './invitation.ts';

export const listInvitations = defineOperation({
  name: 'invitations.list',
  api: 'iam',
  http: { method: 'GET', path: '/v1/invitations', success: 200 },
  action: 'user-management.user.list',
  auditAs: 'user-management.invitation.list',
  mutates: false,
  input: { query: Type.Object({ account_id: Type.Optional(Type.String({ maxLength: 64 })) }) },
  output: Type.Object({ invitations: Type.Array(Invitation) }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY'],
  cli: { command: ['account', 'invitations'] },
  summary: 'List the open invitations of the account',
});
