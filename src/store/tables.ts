import type {
  ActivationsTable,
  ApiKeyOwnersTable,
  ClusterRootKeysTable,
  ClusterRunsTable,
  ClustersTable,
} from './tables/clusters.ts';
import type {
  AccessGroupMembersTable,
  AccessGroupsTable,
  AccountsTable,
  AccountUsersTable,
  ApiKeysTable,
  InvitationsTable,
  PasscodesTable,
  PeopleTable,
  PoliciesTable,
  ProfileClaimRulesTable,
  ProfileIdentitiesTable,
  ServiceIdsTable,
  SessionsTable,
  SigningKeysTable,
  TrustedProfilesTable,
} from './tables/iam.ts';
import type {
  EventRecipientsTable,
  ImportTokensTable,
  InstancePoliciesTable,
  InstanceUsageTable,
  KeyAliasesTable,
  KeyPoliciesTable,
  KeyRingsTable,
  KeysTable,
  KeyVersionsTable,
  LifecycleEventsTable,
  RegistrationsTable,
} from './tables/kms.ts';
import type { InstancesTable, ReclamationsTable, ResourceGroupsTable } from './tables/resources.ts';
import type {
  AuditCheckpointsTable,
  AuditOutboxTable,
  BackupsTable,
  ChangeSequenceTable,
  JobsTable,
  MetaTable,
  SealEnvelopesTable,
} from './tables/server.ts';

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
