import Type from 'typebox';
import { defineOperation } from '../operation.ts';

const text = Type.Optional(Type.String());
const whole = Type.Optional(Type.Integer());
const Authn = Type.Object({
  sub: text,
  sub_type: text,
  iam_id: text,
  name: text,
  given_name: text,
  family_name: text,
  email: text,
});

export const introspectToken = defineOperation({
  name: 'tokens.introspect',
  api: 'iam',
  http: { method: 'POST', path: '/identity/introspect', success: 200, form: true },
  action: 'public',
  auditAs: 'iam-identity.token.introspect',
  mutates: false,
  quiet: true,
  input: {
    headers: Type.Object({
      authorization: Type.Optional(Type.String({ description: 'An access token (Bearer), or Basic client credentials' })),
    }),
    body: Type.Object({ token: Type.String({ minLength: 1, maxLength: 8192 }) }),
  },
  output: Type.Object({
    active: Type.Boolean({ description: 'False, and nothing else, for whatever is no access token that is good now' }),
    iam_id: text,
    id: text,
    realmid: text,
    identifier: text,
    sub: text,
    sub_type: text,
    name: text,
    given_name: text,
    family_name: text,
    email: text,
    account: Type.Optional(Type.Object({ valid: Type.Boolean(), bss: Type.String() })),
    authn: Type.Optional(Authn),
    act: Type.Optional(Authn),
    purpose: text,
    apikey_id: text,
    apikey_epoch: whole,
    session_id: text,
    grant_type: text,
    scope: text,
    client_id: text,
    acr: whole,
    amr: Type.Optional(Type.Array(Type.String())),
    iss: text,
    iat: whole,
    exp: whole,
    jti: text,
  }),
  sensitive: ['headers.authorization', 'body.token'],
  errors: ['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'CLIENT_CREDENTIALS', 'INVALID_FIELD'],
  summary: 'Ask whether an access token is good now, and what it says',
});
