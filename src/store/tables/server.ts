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
