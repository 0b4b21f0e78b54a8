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
