import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { Password } from './user.ts';

export const setOwnPassword = defineOperation({
  name: 'users.set-password',
  api: 'iam',
  http: { method: 'PUT', path: '/v1/users/me/password', success: 204 },
  action: 'user-management.user.update',
  auditAs: 'iam-identity.user-password.update',
  mutates: true,
  input: {
    body: Type.Object({
      /** Absent only while there is none. */
      old_password: Type.Optional(Password),
      new_password: Password,
    }),
  },
  output: undefined,
  sensitive: ['body.old_password', 'body.new_password'],
  errors: ['INVALID_FIELD', 'ACTION_DENIED', 'IAM_NOT_FOUND', 'NOT_SUPPORTED', 'OVERLOADED'],
  summary: 'Set your own password; every other login of yours ends',
});
