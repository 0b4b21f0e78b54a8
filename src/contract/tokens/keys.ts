import Type from 'typebox';
import { defineOperation } from '../operation.ts';

export const listSigningKeys = defineOperation({
  name: 'tokens.keys',
  api: 'iam',
  http: { method: 'GET', path: '/identity/keys', aliases: ['/oidc/jwks'], success: 200 },
  action: 'public',
  mutates: false,
  quiet: true,
  input: {},
  output: Type.Object({
    keys: Type.Array(
      Type.Object({
        kty: Type.Literal('RSA'),
        n: Type.String(),
        e: Type.String(),
        alg: Type.Literal('RS256'),
        kid: Type.String(),
      }),
    ),
  }),
  sensitive: [],
  errors: [],
  summary: 'The public keys that access tokens are verified with',
});
