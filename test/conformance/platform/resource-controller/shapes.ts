import Type from 'typebox';
import { crn, exactly, flag, hex32, iamId, instant, listOf, maybeEmpty, orNull, text, UUID, uuid } from '../common-shapes.ts';

const instanceCrn = crn('(kms|hs-crypto)', `${UUID}::`);
const planId = uuid;
const relative = (more = '') => Type.String({ pattern: `^/v2/resource_instances/${UUID}${more}$` });

export const resourceInstance = exactly({
  id: instanceCrn,
  crn: instanceCrn,
  guid: uuid,
  url: relative(),
  name: Type.String({ minLength: 1, maxLength: 180 }),
  region_id: Type.String({ pattern: '^[a-z]{2}-[a-z]+$' }),
  account_id: hex32,
  resource_id: uuid,
  resource_plan_id: planId,
  resource_group_id: hex32,
  resource_group_crn: crn('resource-controller', ':resource-group:[0-9a-f]{32}'),
  target_crn: Type.String({ pattern: `^crn:v1:bluemix:public:globalcatalog::::deployment:${UUID}%3A[a-z]{2}-[a-z]+$` }),
  type: Type.Literal('service_instance'),
  sub_type: Type.Union([Type.Literal('kms'), Type.Literal('hs-crypto')]),
  state: Type.Union(
    ['active', 'inactive', 'failed', 'pending_reclamation', 'provisioning', 'pre_provisioning', 'removed'].map((state) =>
      Type.Literal(state),
    ),
  ),
  last_operation: exactly({
    type: text,
    state: Type.Union([Type.Literal('in progress'), Type.Literal('succeeded'), Type.Literal('failed')]),
    async: flag,
    description: text,
    cancelable: flag,
    poll: flag,
  }),
  dashboard_url: maybeEmpty,
  allow_cleanup: flag,
  locked: flag,
  parameters: Type.Object({}),
  extensions: exactly({ endpoints: exactly({ public: text, private: text }) }),
  plan_history: Type.Array(exactly({ resource_plan_id: planId, start_date: instant, requestor_id: iamId }), { minItems: 1 }),
  created_at: instant,
  created_by: iamId,
  updated_at: instant,
  updated_by: iamId,
  deleted_at: orNull(instant),
  deleted_by: orNull(iamId),
  scheduled_reclaim_at: orNull(instant),
  scheduled_reclaim_by: orNull(iamId),
  restored_at: orNull(instant),
  restored_by: orNull(iamId),
  resource_aliases_url: relative('/resource_aliases'),
  resource_bindings_url: relative('/resource_bindings'),
  resource_keys_url: relative('/resource_keys'),
  migrated: flag,
  onetime_credentials: flag,
  // The client asks for them and does not document that they are answered.
  tags: listOf(text),
});

const pageOf = (resource: ReturnType<typeof exactly>, pages: { min: number; max: number }) =>
  exactly({
    rows_count: Type.Integer({ minimum: pages.min, maximum: pages.max }),
    next_url: orNull(Type.String({ pattern: '^/v2/.+[?&]start=' })),
    resources: Type.Array(resource, { minItems: pages.min, maxItems: pages.max }),
  });

export const instanceList = pageOf(resourceInstance, { min: 1, max: 2 });

/** Nothing is ever attached to an instance: what would be in the list is not known. */
export const emptyList = exactly({
  rows_count: Type.Literal(0),
  next_url: Type.Null(),
  resources: Type.Array(Type.Never(), { maxItems: 0 }),
});

const reclamationIn = (state: string) =>
  exactly({
    id: uuid,
    entity_id: uuid,
    entity_type_id: uuid,
    entity_crn: instanceCrn,
    resource_instance_id: uuid,
    resource_group_id: hex32,
    account_id: hex32,
    // No policy of the account decides how long: it is empty.
    policy_id: maybeEmpty,
    state: Type.Literal(state),
    target_time: instant,
    custom_properties: exactly({}),
    created_at: instant,
    created_by: iamId,
    updated_at: instant,
    updated_by: iamId,
  });

export const restored = reclamationIn('RESTORED');
export const reclamationList = exactly({ resources: Type.Array(reclamationIn('SCHEDULED'), { minItems: 1 }) });
