import Type, { type Static } from 'typebox';

export const API_KEY_GRANT = 'urn:ibm:params:oauth:grant-type:apikey';
export const REFRESH_GRANT = 'refresh_token';
export const PASSWORD_GRANT = 'password';
export const PASSCODE_GRANT = 'urn:ibm:params:oauth:grant-type:passcode';
/** A user or service ID acts as a trusted profile. */
export const ASSUME_GRANT = 'urn:ibm:params:oauth:grant-type:assume';
/** A service acts as one of its instances. */
export const IAM_AUTHZ_GRANT = 'urn:ibm:params:oauth:grant-type:iam-authz';
export const DELEGATED_REFRESH_GRANT = 'urn:ibm:params:oauth:grant-type:delegated-refresh-token';
/** For compute resources of a cloud; there are none here. */
export const CR_TOKEN_GRANT = 'urn:ibm:params:oauth:grant-type:cr-token';

/** A further refresh token, for another client, is asked for by this word in `response_type`. */
export const DELEGATED_RESPONSE = 'delegated_refresh_token';

/** In place of a refresh token where there is none; published clients then use the API key again. */
export const NO_REFRESH_TOKEN = 'not_supported';

/** Life of an access token, in seconds: what every client expects in `expires_in`. */
export const TOKEN_SECONDS = 3600;

const word = (description: string, maxLength = 128) => Type.Optional(Type.String({ maxLength, description }));

/** Form fields of a token request. Clients send more (`uaa_client_id`, …), which change nothing here. */
export const TokenRequest = Type.Object({
  grant_type: Type.String({ maxLength: 128 }),
  apikey: word('The API key of grant apikey', 512),
  refresh_token: word('Of grant refresh_token', 4096),
  username: word('E-mail address, of grant password', 320),
  password: word('Of grant password', 1024),
  passcode: word('One-time code, of grant passcode', 64),
  account: word('The account to log in to, for somebody who is in several (grant password)', 64),
  bss_account: word('The same, as IBM Cloud CLI calls it', 64),
  access_token: word('Of the identity that wants to act as another (grants assume and iam-authz)', 8192),
  profile_id: word('The trusted profile to act as (grant assume)'),
  profile_crn: word('The same, by its CRN', 512),
  profile_name: word('The same, by its name in `account`'),
  desired_iam_id: word('crn-<CRN of the instance to act as> (grant iam-authz)', 512),
  delegated_refresh_token: word('Of grant delegated-refresh-token', 4096),
  response_type: word('With the word delegated_refresh_token: one is in the answer'),
  receiver_client_ids: word('Who may use the delegated refresh token', 256),
  delegated_refresh_token_expiry: word('How long, in seconds', 8),
  scope: word('Changes nothing', 512),
});
export type TokenRequest = Static<typeof TokenRequest>;

export const TokenReply = Type.Object({
  access_token: Type.String(),
  refresh_token: Type.String({ description: `Good for one use; \`${NO_REFRESH_TOKEN}\`: use the API key again` }),
  delegated_refresh_token: Type.Optional(Type.String({ description: 'For the clients named in receiver_client_ids' })),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer(),
  /** Seconds since 1970. */
  expiration: Type.Integer(),
  scope: Type.String(),
});
export type TokenReply = Static<typeof TokenReply>;
