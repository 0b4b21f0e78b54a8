import Type, { type Static } from 'typebox';

export const API_KEY_GRANT = 'urn:ibm:params:oauth:grant-type:apikey';
export const REFRESH_GRANT = 'refresh_token';

/** Life of an access token, in seconds: what every client expects in `expires_in`. */
export const TOKEN_SECONDS = 3600;

/** Form fields of a token request. Clients send more (`response_type`, `uaa_client_id`, …), which change nothing here. */
export const TokenRequest = Type.Object({
  grant_type: Type.String({ maxLength: 128 }),
  apikey: Type.Optional(Type.String({ maxLength: 512 })),
  refresh_token: Type.Optional(Type.String({ maxLength: 4096 })),
  response_type: Type.Optional(Type.String({ maxLength: 128 })),
  scope: Type.Optional(Type.String({ maxLength: 512 })),
});

export const TokenReply = Type.Object({
  access_token: Type.String(),
  refresh_token: Type.String(),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer(),
  /** Seconds since 1970. */
  expiration: Type.Integer(),
  scope: Type.String(),
});
export type TokenReply = Static<typeof TokenReply>;
