import { defineOperation } from '../operation.ts';

export const endSession = defineOperation({
  name: 'sessions.end',
  api: 'iam',
  http: { method: 'POST', path: '/identity/logout', success: 204, form: true },
  action: 'iam-identity.apikey.delete',
  auditAs: 'iam-identity.session.logout',
  mutates: true,
  input: {},
  output: undefined,
  sensitive: [],
  errors: ['ACTION_DENIED', 'SESSION_NONE'],
  summary: 'End the session that your access token belongs to, with all of its tokens',
});
