import type { Generated } from 'kysely';

/**
 * Every table, as both engines hold it. Instants are milliseconds since 1970 (UTC); yes/no is 0 or 1; JSON is text.
 * Sealed columns are rows of crypto/row.ts: this package never sees what is inside them.
 */
export interface Tables {
  meta: MetaTable;
  change_sequence: ChangeSequenceTable;
  seal_envelopes: SealEnvelopesTable;
  accounts: AccountsTable;
  people: PeopleTable;
  account_users: AccountUsersTable;
  invitations: InvitationsTable;
  sessions: SessionsTable;
  passcodes: PasscodesTable;
  access_groups: AccessGroupsTable;
  access_group_members: AccessGroupMembersTable;
  trusted_profiles: TrustedProfilesTable;
  profile_identities: ProfileIdentitiesTable;
  profile_claim_rules: ProfileClaimRulesTable;
  service_ids: ServiceIdsTable;
  api_keys: ApiKeysTable;
  signing_keys: SigningKeysTable;
  policies: PoliciesTable;
  resource_groups: ResourceGroupsTable;
  instances: InstancesTable;
  reclamations: ReclamationsTable;
  instance_usage: InstanceUsageTable;
  keys: KeysTable;
  key_versions: KeyVersionsTable;
  key_rings: KeyRingsTable;
  key_aliases: KeyAliasesTable;
  key_policies: KeyPoliciesTable;
  instance_policies: InstancePoliciesTable;
  import_tokens: ImportTokensTable;
  registrations: RegistrationsTable;
  lifecycle_events: LifecycleEventsTable;
  event_recipients: EventRecipientsTable;
  api_key_owners: ApiKeyOwnersTable;
  clusters: ClustersTable;
  cluster_root_keys: ClusterRootKeysTable;
  activations: ActivationsTable;
  cluster_runs: ClusterRunsTable;
  jobs: JobsTable;
  backups: BackupsTable;
  audit_outbox: AuditOutboxTable;
  audit_checkpoints: AuditCheckpointsTable;
}

export interface MetaTable {
  name: string;
  value: string;
}

/** One counter per topic; every committing write moves its topics, and caches hold nothing older. */
export interface ChangeSequenceTable {
  topic: string;
  value: number;
}

export interface SealEnvelopesTable {
  id: string;
  kind: string;
  body: string;
  created_at: number;
}

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

export interface TrustedProfilesTable {
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

export interface ServiceIdsTable {
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

export interface ApiKeysTable {
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

export interface ResourceGroupsTable {
  id: string;
  account_id: string;
  name: string;
  is_default: number;
  created_at: number;
  updated_at: number;
}

export interface InstancesTable {
  guid: string;
  account_id: string;
  resource_group_id: string;
  name: string;
  service: 'kms' | 'hs-crypto';
  plan_id: string;
  region: string;
  /** `pending_reclamation`: deleted, and can be restored until its reclamation is due. */
  state: 'active' | 'pending_reclamation' | 'removed';
  /** Empty: there is none (hs-crypto), or it was destroyed with the instance. */
  sealed_key: Uint8Array;
  parameters: string;
  tags: string;
  created_at: number;
  created_by: string;
  updated_at: number;
  updated_by: string;
  deleted_at: number | null;
  deleted_by: string | null;
  locked: number;
  allow_cleanup: number;
  last_operation: 'create' | 'update' | 'delete' | 'restore' | 'reclaim';
  /** JSON array of the plans so far, as in the API; empty: it never had another one. */
  plan_history: string;
  /** When a deleted instance is removed for good; `deleted_by` is then who deleted it. */
  reclaim_at: number | null;
  restored_at: number | null;
  restored_by: string | null;
}

/** A deleted instance between its deletion and its end. */
export interface ReclamationsTable {
  id: string;
  instance_guid: string;
  account_id: string;
  resource_group_id: string;
  state: 'SCHEDULED' | 'RESTORED' | 'RECLAIMED';
  /** When the instance is removed for good. */
  target_at: number;
  created_at: number;
  created_by: string;
  updated_at: number;
  updated_by: string;
}

/** What quotas are measured by. No row: nothing was counted yet. */
export interface InstanceUsageTable {
  instance_id: string;
  /** Keys that are there, deleted ones until they are purged. */
  key_count: number;
}

export interface KeysTable {
  id: string;
  instance_id: string;
  account_id: string;
  key_ring_id: string;
  name: string;
  description: string | null;
  tags: string;
  extractable: number;
  imported: number;
  state: 0 | 1 | 2 | 3 | 5;
  current_version_id: string;
  created_at: number;
  created_by: string;
  updated_at: number | null;
  rotated_at: number | null;
  /** When `state` last changed: what the waits of enable and restore are counted from. */
  state_changed_at: number;
  expires_at: number | null;
  deleted_at: number | null;
  deleted_by: string | null;
  /** The first of the two identities that a key with dual-authorization delete needs, and when it agreed. */
  deletion_authorized_by: string | null;
  deletion_authorized_at: number | null;
  /** crypto/record-mac.ts over every other column. Null only in rows from before there was one, until the server gives them theirs. */
  mac: Uint8Array | null;
}

/** Key rings that were made; every instance also has `default`, which has no row. */
export interface KeyRingsTable {
  instance_id: string;
  id: string;
  account_id: string;
  created_at: number;
  created_by: string;
}

export interface KeyAliasesTable {
  instance_id: string;
  alias: string;
  key_id: string;
  account_id: string;
  /** Orders the aliases of a key as they were given. */
  position: number;
  created_at: number;
  created_by: string;
}

export interface KeyPoliciesTable {
  key_id: string;
  type: 'rotation' | 'dualAuthDelete';
  /** The policy's own id, part of its CRN. */
  id: string;
  instance_id: string;
  account_id: string;
  enabled: number;
  interval_month: number | null;
  /** When the scheduler rotates the key; null unless `type` is rotation and it is enabled. */
  next_rotation_at: number | null;
  created_at: number;
  created_by: string;
  updated_at: number;
  updated_by: string;
}

export interface InstancePoliciesTable {
  instance_id: string;
  type: 'allowedNetwork' | 'allowedIP' | 'dualAuthDelete' | 'keyCreateImportAccess' | 'metrics' | 'rotation';
  account_id: string;
  enabled: number;
  /** JSON object, as in the API. */
  attributes: string;
  created_at: number;
  created_by: string;
  updated_at: number;
  updated_by: string;
}

/** The one import token of an instance. Its private key stays here, sealed, until it expires or is replaced. */
export interface ImportTokensTable {
  instance_id: string;
  id: string;
  account_id: string;
  /** PEM, SubjectPublicKeyInfo. */
  public_key: string;
  sealed_private_key: Uint8Array;
  sealed_nonce: Uint8Array;
  max_retrievals: number;
  remaining_retrievals: number;
  expires_at: number;
  created_at: number;
  created_by: string;
}

export interface KeyVersionsTable {
  id: string;
  key_id: string;
  instance_id: string;
  account_id: string;
  /** 1 for the first version of a key. */
  number: number;
  sealed_material: Uint8Array;
  created_at: number;
  /** The first backup that contains this version; null while there is none. */
  backup_id: string | null;
}

export interface RegistrationsTable {
  key_id: string;
  resource_crn: string;
  instance_id: string;
  account_id: string;
  /** 0: removed by a forced delete, kept as a hidden subscription until purge, so that a restore still reaches the resource. */
  active: number;
  description: string | null;
  metadata: string | null;
  prevent_deletion: number;
  key_version_id: string;
  created_at: number;
  created_by: string;
  updated_at: number | null;
  updated_by: string | null;
}

export interface LifecycleEventsTable {
  sequence: Generated<number>;
  id: string;
  type: 'rotation' | 'disable' | 'enable' | 'deletion' | 'restoration' | 'expire' | 'sync';
  key_id: string;
  instance_id: string;
  account_id: string;
  key_state: number;
  key_version_id: string;
  previous_key_version_id: string | null;
  correlation_id: string;
  created_at: number;
}

export interface EventRecipientsTable {
  event_id: string;
  resource_crn: string;
  deadline_at: number;
  acknowledged_at: number | null;
  /** What the recipient reported: DEK_ENABLED, DEK_DISABLED or DEK_DESTROYED. */
  adopter_key_state: string | null;
  /** `failed`: nothing was reported in time. `closed`: the recipient is no more. */
  outcome: 'pending' | 'acknowledged' | 'failed' | 'closed';
}

/** Whose rights clusters of a region and resource group use where they act for people: the API-key owner. */
export interface ApiKeyOwnersTable {
  account_id: string;
  region: string;
  resource_group_id: string;
  iam_id: string;
  /** The key `containers-kubernetes-key`; '' for a pair from before there were such keys. */
  api_key_id: string;
  set_at: number;
  set_by: string;
}

export interface ClustersTable {
  id: string;
  account_id: string;
  resource_group_id: string;
  name: string;
  provider: 'classic' | 'vpc-gen2' | 'satellite';
  region: string;
  kube_version: string;
  control_plane: 'hosted' | 'joined';
  /** Random, part of every AAD of this cluster: clusters that share a root key cannot open each other's blobs. */
  encryption_domain: string;
  sealed_pki: Uint8Array | null;
  sealed_credentials: Uint8Array | null;
  desired_state: 'running' | 'suspended' | 'removed';
  suspended_reason: string | null;
  plugin_wanted: number;
  /** What the last look at the root key found; null while no key is in use. */
  key_verdict: 'usable' | 'suspended' | 'destroyed' | 'expired' | 'denied' | 'unreachable' | null;
  state: string;
  status_text: string;
  master_status: string;
  master_status_at: number;
  master_state: string;
  kms_enabled: number;
  kms_service: string | null;
  kms_instance_id: string | null;
  kms_key_id: string | null;
  kms_account_id: string | null;
  kms_private_endpoint: number;
  proof: string | null;
  created_at: number;
  created_by: string;
  deleted_at: number | null;
}

/** Every root key that a cluster ever used. `replaced_at` set: it is a previous key and refused for ever (S32). */
export interface ClusterRootKeysTable {
  cluster_id: string;
  instance_id: string;
  key_id: string;
  first_used_at: number;
  replaced_at: number | null;
}

export interface ActivationsTable {
  cluster_id: string;
  epoch: number;
  number: number;
  nonce: string;
  key_id_hash: string;
  instance_id: string;
  key_id: string;
  key_version_id: string;
  status: 'prepared' | 'active' | 'retired';
  created_at: number;
}

export interface ClusterRunsTable {
  id: string;
  cluster_id: string;
  /** `reenable`: the current key once more, so that a lost registration and a doubtful proof are made good. */
  kind: 'enable' | 'rotate' | 'rekey' | 'reenable';
  state: 'running' | 'paused' | 'done' | 'failed' | 'aborted';
  step: string;
  /** Grows with every hand-out of a step; a report with an older fence is refused. */
  fence: number;
  agent_id: string | null;
  /** While in the future: with an agent, its lease of the step; without one, the wait before the next attempt. */
  lease_until: number | null;
  parameters: string;
  progress: string | null;
  evidence: string;
  error: string | null;
  attempts: number;
  requested_by: string;
  correlation_id: string;
  started_at: number;
  updated_at: number;
  finished_at: number | null;
}

/** One row per recurring job. Who holds the lease may run it; a result with an older fence is refused. */
export interface JobsTable {
  name: string;
  next_at: number;
  owner: string | null;
  lease_until: number | null;
  /** Grows with every lease. */
  fence: number;
  attempts: number;
  /** JSON of the job's own, kept between its runs. */
  state: string;
  last_error: string | null;
  last_done_at: number | null;
}

export interface BackupsTable {
  id: string;
  epoch: number;
  created_at: number;
  /** How many key versions it contains. */
  key_versions: number;
  location: string;
}

/** Audit records of committed changes that are not yet in the chain. Written in the change's own transaction. */
export interface AuditOutboxTable {
  id: string;
  body: string;
  created_at: number;
  /** Whose chain the record belongs to: the replica that made the change. */
  writer: string | null;
}

export interface AuditCheckpointsTable {
  writer: string;
  count: number;
  mac: string;
  /** RFC 3339. */
  at: string;
}
