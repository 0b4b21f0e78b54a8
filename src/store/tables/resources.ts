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
