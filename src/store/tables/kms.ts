import type { Generated } from 'kysely';

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
