import type { Generated } from 'kysely';

export interface AccountsTable {
  id: string;
  name: string;
  owner_iam_id: string;
  created_at: number;
}

/** A person, in whatever accounts. */
export interface PeopleTable {
  /** `<realm>-<id>`; the realm of people with a password here is `IBMid`. */
  iam_id: string;
  /** `IBMid`, or the name of the identity provider that knows the person. */
  realm: string;
  /** Who the person is in that realm: the provider's `sub`; here the `iam_id` itself. Unique in the realm. */
  subject: string;
  /** Lower case. What a person with a password logs in by; no two of them have the same. */
  email: string;
  name: string;
  /** scrypt, in its usual text form; null: no password. */
  password_hash: string | null;
  password_set_at: number | null;
  created_at: number;
}

/** That a person is a user of an account. */
export interface AccountUsersTable {
  account_id: string;
  iam_id: string;
  /** `PENDING`: invited, and nothing more yet. */
  state: 'ACTIVE' | 'PENDING' | 'DISABLED';
  added_at: number;
  added_by: string;
}

/** An open invitation of somebody who has no way to log in yet. */
export interface InvitationsTable {
  id: string;
  account_id: string;
  iam_id: string;
  email: string;
  /** HMAC-SHA-256 of its token under a key derived from the barrier. */
  token_hash: Uint8Array;
  expires_at: number;
  created_at: number;
  created_by: string;
}

/** A login that can be refreshed. Its access tokens end with it. */
export interface SessionsTable {
  id: string;
  account_id: string;
  iam_id: string;
  kind: 'apikey' | 'password' | 'passcode';
  /** Of a login by API key: the session ends with the key. */
  api_key_id: string | null;
  client_id: string;
  /** How often it was refreshed: a refresh token of an earlier number was used before. */
  refreshes: number;
  refreshed_at: number;
  created_at: number;
  expires_at: number;
  ended_at: number | null;
  /** Of a login by an identity provider: what it said that claim rules of trusted profiles ask for, as JSON. */
  claims: string | null;
}

/** One-time codes by which somebody who is logged in elsewhere logs in on the command line. */
export interface PasscodesTable {
  code_hash: Uint8Array;
  account_id: string;
  iam_id: string;
  /** Of a code that somebody asked for who had logged in with an API key: what it is exchanged for ends with the key. */
  api_key_id: string | null;
  expires_at: number;
  created_at: number;
  /** What goes on to the session. */
  claims: string | null;
}

export interface AccessGroupsTable {
  /** `AccessGroupId-<uuid>`; also the subject of the group's policies. */
  id: string;
  account_id: string;
  name: string;
  description: string | null;
  entity_tag: string;
  created_at: number;
  created_by: string;
  modified_at: number;
  modified_by: string;
}

export interface AccessGroupMembersTable {
  group_id: string;
  /** A user, a service ID or a trusted profile of the same account. */
  iam_id: string;
  account_id: string;
  created_at: number;
  created_by: string;
}

/** When an identity or a key was last exchanged for a token, and how often. Written a few seconds later, apart from everything else in its row. */
export interface AuthenticationColumns {
  last_authn_at: Generated<number | null>;
  authn_count: Generated<number>;
}

export interface TrustedProfilesTable extends AuthenticationColumns {
  /** `Profile-<uuid>`. */
  id: string;
  /** `iam-Profile-<uuid>`. */
  iam_id: string;
  account_id: string;
  name: string;
  description: string | null;
  entity_tag: string;
  created_at: number;
  created_by: string;
  modified_at: number;
}

/** Who may act as a trusted profile. */
export interface ProfileIdentitiesTable {
  profile_id: string;
  type: 'user' | 'serviceid' | 'crn';
  /** Its IAM id (`IBMid-…`, `iam-ServiceId-…`), or the CRN. */
  identifier: string;
  account_id: string;
  description: string | null;
  created_at: number;
  created_by: string;
}

/** Conditions on the claims of people from an identity provider who may act as a trusted profile. */
export interface ProfileClaimRulesTable {
  id: string;
  profile_id: string;
  account_id: string;
  /** The rule as in the API. */
  document: string;
  entity_tag: string;
  created_at: number;
  modified_at: number;
}

export interface ServiceIdsTable extends AuthenticationColumns {
  id: string;
  iam_id: string;
  account_id: string;
  name: string;
  description: string | null;
  entity_tag: string;
  locked: number;
  created_at: number;
  created_by: string;
  modified_at: number;
  /** JSON array: CRNs of the instances as which this service ID may ask for tokens. */
  unique_instance_crns: string;
}

export interface ApiKeysTable extends AuthenticationColumns {
  id: string;
  account_id: string;
  /** Whose key it is: a user, a service ID, or `crn-<CRN>` of a cluster. */
  iam_id: string;
  name: string;
  description: string | null;
  /** HMAC-SHA-256 of the secret under a key derived from the barrier; the secret itself is shown once and never stored. */
  secret_hash: Uint8Array;
  /** For cluster identities: which process holds it. A plugin may only wrap, unwrap and read key state; an agent may not. */
  purpose: 'plugin' | 'agent' | null;
  entity_tag: string;
  locked: number;
  disabled: number;
  expires_at: number | null;
  created_at: number;
  created_by: string;
  modified_at: number;
  /** What `secret_hash` was before the last rotation, where that secret got a grace period. */
  previous_secret_hash: Uint8Array | null;
  /** When the secret from before the last rotation stops or stopped. */
  previous_until: number | null;
  /** How often a secret was stopped at once. What was made with a key before its last time counts no more. */
  secret_epoch: number;
}

export interface SigningKeysTable {
  kid: string;
  sealed_private_key: Uint8Array;
  public_jwk: string;
  created_at: number;
  /** When it began to sign; null: it is published and will be the next. */
  activated_at: number | null;
  retired_at: number | null;
}

export interface PoliciesTable {
  id: string;
  account_id: string;
  type: 'access' | 'authorization';
  /** `iam_id` of an access policy, or the source service of an authorization: what a decision looks policies up by. */
  subject_key: string;
  /** The policy's subjects, roles and resources, as in the API. */
  document: string;
  description: string | null;
  state: 'active' | 'deleted';
  etag: string;
  created_at: number;
  created_by: string;
  modified_at: number;
  modified_by: string;
  /** The authorization with AuthorizationDelegator by which a service created this one; it goes with its parent. */
  parent_id: string | null;
}
