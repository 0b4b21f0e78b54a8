import { formatCrn } from '../../../contract/crn.ts';
import type { ResourceInstance } from '../../../contract/instances/instance.ts';
import { deploymentCrn, OFFERINGS } from '../../../contract/instances/offerings.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import { formatInstant } from '../../instant.ts';
import type { Target } from '../../target.ts';
import { groupCrn } from '../groups/present.ts';

/** An instance as every published client of the resource controller reads it. */
export function presentInstance(row: InstanceRow, origin: string): ResourceInstance {
  const crn = formatCrn({ service: row.service, location: row.region, accountId: row.account_id, instance: row.guid });
  const url = `/v2/resource_instances/${row.guid}`;
  const removed = row.state === 'removed';
  return {
    id: crn,
    crn,
    guid: row.guid,
    url,
    name: row.name,
    region_id: row.region,
    account_id: row.account_id,
    resource_id: OFFERINGS.find(({ service }) => service === row.service)?.id ?? '',
    resource_plan_id: row.plan_id,
    resource_group_id: row.resource_group_id,
    resource_group_crn: groupCrn(row.account_id, row.resource_group_id),
    target_crn: deploymentCrn(row.plan_id, row.region),
    type: 'service_instance',
    sub_type: row.service,
    state: row.state,
    last_operation: {
      type: removed ? 'delete' : 'create',
      state: 'succeeded',
      async: false,
      description: removed ? 'Completed delete instance operation' : 'Completed create instance operation',
      cancelable: false,
      poll: false,
    },
    dashboard_url: '',
    allow_cleanup: false,
    locked: false,
    parameters: JSON.parse(row.parameters) as Record<string, unknown>,
    tags: JSON.parse(row.tags) as string[],
    extensions: { endpoints: { public: origin, private: origin } },
    plan_history: [{ resource_plan_id: row.plan_id, start_date: formatInstant(row.created_at), requestor_id: row.created_by }],
    created_at: formatInstant(row.created_at),
    created_by: row.created_by,
    updated_at: formatInstant(row.updated_at),
    updated_by: row.updated_by,
    deleted_at: row.deleted_at === null ? null : formatInstant(row.deleted_at),
    deleted_by: row.deleted_by,
    resource_aliases_url: `${url}/resource_aliases`,
    resource_bindings_url: `${url}/resource_bindings`,
    resource_keys_url: `${url}/resource_keys`,
    migrated: false,
    onetime_credentials: false,
  };
}

/** An instance as policies match it: platform roles on `kms` decide who may see or remove it. */
export function targetOfInstance(row: InstanceRow): Target {
  return {
    serviceName: row.service,
    accountId: row.account_id,
    region: row.region,
    resourceGroupId: row.resource_group_id,
    serviceInstance: row.guid,
    name: row.name,
  };
}
