import Type, { type Static } from 'typebox';

const Text = Type.String();
const Nullable = Type.Union([Type.String(), Type.Null()]);

export const ResourceInstance = Type.Object({
  /** The CRN, twice: published clients read either. */
  id: Text,
  crn: Text,
  guid: Text,
  url: Text,
  name: Text,
  region_id: Text,
  account_id: Text,
  resource_id: Text,
  resource_plan_id: Text,
  resource_group_id: Text,
  resource_group_crn: Text,
  target_crn: Text,
  type: Type.Literal('service_instance'),
  sub_type: Text,
  state: Type.Enum(['active', 'pending_reclamation', 'removed']),
  last_operation: Type.Object({
    type: Text,
    state: Text,
    async: Type.Boolean(),
    description: Text,
    cancelable: Type.Boolean(),
    poll: Type.Boolean(),
  }),
  dashboard_url: Text,
  allow_cleanup: Type.Boolean(),
  locked: Type.Boolean(),
  parameters: Type.Record(Type.String(), Type.Unknown()),
  tags: Type.Array(Text),
  extensions: Type.Object({ endpoints: Type.Object({ public: Text, private: Text }) }),
  plan_history: Type.Array(Type.Object({ resource_plan_id: Text, start_date: Text, requestor_id: Text })),
  created_at: Text,
  created_by: Text,
  updated_at: Text,
  updated_by: Text,
  deleted_at: Nullable,
  deleted_by: Nullable,
  resource_aliases_url: Text,
  resource_bindings_url: Text,
  resource_keys_url: Text,
  /** Of a deleted instance that can still be restored: when it is removed for good, and who deleted it. */
  scheduled_reclaim_at: Nullable,
  scheduled_reclaim_by: Nullable,
  restored_at: Nullable,
  restored_by: Nullable,
  migrated: Type.Boolean(),
  onetime_credentials: Type.Boolean(),
});
export type ResourceInstance = Static<typeof ResourceInstance>;

/** Every state that published clients know; here an instance is in one of three. */
export const INSTANCE_STATES = [
  'active',
  'inactive',
  'provisioning',
  'pre_provisioning',
  'failed',
  'removed',
  'pending_removal',
  'pending_reclamation',
] as const;

/** What was given at creation; which names there are depends on the service (contract/instances/parameters.ts). */
export const InstanceParameters = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown());
export const INSTANCE_NAME_LENGTH = 180;

/** GUID or (URL-encoded) CRN. */
export const InstanceParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 512 }) });
