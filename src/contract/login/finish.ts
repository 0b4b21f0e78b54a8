import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { LoginReply, ProviderName } from './provider.ts';

export const finishLogin = defineOperation({
  name: 'login.finish',
  api: 'iam',
  http: { method: 'POST', path: '/identity/callback/:provider', success: 200 },
  action: 'public',
  auditAs: 'iam-identity.user-federated.login',
  mutates: true,
  input: {
    params: Type.Object({ provider: ProviderName }),
    body: Type.Object({
      attempt: Type.String({ maxLength: 4096, description: 'As it was begun' }),
      response: Type.String({
        maxLength: 16_384,
        description: 'The query with which the identity provider sent the browser back',
      }),
    }),
  },
  output: LoginReply,
  sensitive: ['body.attempt', 'body.response', 'output.passcode'],
  errors: [
    'LOGIN_FAILED',
    'LOGIN_NOT_ADMITTED',
    'LOGIN_PROVIDER_UNKNOWN',
    'LOGIN_PROVIDER_UNAVAILABLE',
    'OVERLOADED',
    'INVALID_FIELD',
  ],
  summary: 'Finish a login by an identity provider; it sends browsers to this address with GET',
});
