import { defineOperation } from '../operation.ts';
import { TokenReply, TokenRequest } from './grant.ts';

export const createToken = defineOperation({
  name: 'tokens.create',
  api: 'iam',
  http: { method: 'POST', path: '/identity/token', aliases: ['/oidc/token'], success: 200, form: true },
  action: 'public',
  auditAs: 'iam-identity.apikey.login',
  mutates: false,
  input: { body: TokenRequest },
  output: TokenReply,
  sensitive: ['body.apikey', 'body.refresh_token', 'output.access_token', 'output.refresh_token'],
  errors: ['API_KEY_NOT_FOUND', 'GRANT_TYPE', 'UNAUTHENTICATED', 'INVALID_FIELD', 'OVERLOADED'],
  summary: 'Exchange an API key or refresh token for an access token',
});
