import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { LoginReply, ReturnTo } from './provider.ts';

export const logInWithPassword = defineOperation({
  name: 'login.password',
  api: 'iam',
  http: { method: 'POST', path: '/identity/login', success: 200 },
  action: 'public',
  auditAs: 'iam-identity.user-password.login',
  mutates: true,
  input: {
    body: Type.Object({
      email: Type.String({ maxLength: 254 }),
      password: Type.String({ maxLength: 1024 }),
      return_to: Type.Optional(ReturnTo),
      account: Type.Optional(Type.String({ maxLength: 64, description: 'The account to log in to, for who has several' })),
    }),
  },
  output: LoginReply,
  sensitive: ['body.password', 'output.passcode'],
  errors: ['LOGIN_FAILED', 'LOGIN_NOT_ADMITTED', 'OVERLOADED', 'INVALID_FIELD'],
  summary: 'Log in with e-mail address and password, for a passcode',
});
