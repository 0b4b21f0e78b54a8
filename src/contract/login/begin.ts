import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ProviderName, ReturnTo } from './provider.ts';

export const beginLogin = defineOperation({
  name: 'login.begin',
  api: 'iam',
  http: { method: 'POST', path: '/identity/authorize', success: 200 },
  action: 'public',
  mutates: false,
  quiet: true,
  input: {
    body: Type.Object({
      provider: ProviderName,
      return_to: Type.Optional(ReturnTo),
      account: Type.Optional(Type.String({ maxLength: 64, description: 'The account to log in to, for who has several' })),
    }),
  },
  output: Type.Object({
    url: Type.String({ description: 'Where the browser goes next' }),
    attempt: Type.String({ description: 'What the browser keeps until it comes back, and nobody else may have' }),
    expires_in: Type.Integer({ description: 'Seconds until the attempt ends' }),
  }),
  sensitive: ['output.url', 'output.attempt'],
  errors: ['LOGIN_PROVIDER_UNKNOWN', 'LOGIN_PROVIDER_UNAVAILABLE', 'INVALID_FIELD'],
  summary: 'Begin a login by an identity provider; browsers open this address with GET',
});
