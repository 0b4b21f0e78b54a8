import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { TokenReply, TokenRequest } from './grant.ts';

export const createToken = defineOperation({
  name: 'tokens.create',
  api: 'iam',
  http: { method: 'POST', path: '/identity/token', aliases: ['/oidc/token'], success: 200, form: true },
  action: 'public',
  auditAs: 'iam-identity.apikey.login',
  mutates: false,
  input: {
    headers: Type.Object({
      authorization: Type.Optional(
        Type.String({ description: 'Basic client credentials: bx:bx or kube:kube; without them: default' }),
      ),
    }),
    body: TokenRequest,
  },
  output: TokenReply,
  sensitive: [
    'headers.authorization',
    'body.apikey',
    'body.refresh_token',
    'body.delegated_refresh_token',
    'body.password',
    'body.passcode',
    'body.access_token',
    'output.access_token',
    'output.refresh_token',
    'output.delegated_refresh_token',
  ],
  errors: [
    'API_KEY_NOT_FOUND',
    'CREDENTIALS_WRONG',
    'CLIENT_CREDENTIALS',
    'GRANT_TYPE',
    'UNAUTHENTICATED',
    'TOKEN_EXPIRED',
    'ACTION_DENIED',
    'INVALID_FIELD',
    'OVERLOADED',
  ],
  summary: 'Exchange an API key, a password, a passcode or another token for an access token',
});
