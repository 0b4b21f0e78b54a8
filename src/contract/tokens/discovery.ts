import Type from 'typebox';
import { defineOperation } from '../operation.ts';

export const describeIssuer = defineOperation({
  name: 'tokens.discovery',
  api: 'iam',
  http: { method: 'GET', path: '/identity/.well-known/openid-configuration', success: 200 },
  action: 'public',
  mutates: false,
  quiet: true,
  input: {},
  output: Type.Object({
    issuer: Type.String(),
    authorization_endpoint: Type.String(),
    token_endpoint: Type.String(),
    passcode_endpoint: Type.String(),
    introspection_endpoint: Type.String(),
    end_session_endpoint: Type.String(),
    jwks_uri: Type.String(),
    response_types_supported: Type.Array(Type.String()),
    grant_types_supported: Type.Array(Type.String()),
    subject_types_supported: Type.Array(Type.String()),
    token_endpoint_auth_methods_supported: Type.Array(Type.String()),
    id_token_signing_alg_values_supported: Type.Array(Type.String()),
    claims_supported: Type.Array(Type.String()),
  }),
  sensitive: [],
  errors: [],
  summary: 'Where tokens are made and verified (OpenID discovery)',
});
