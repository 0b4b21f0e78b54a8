import { formatCrn } from '../../../contract/crn.ts';
import type { ResourceInstance } from '../../../contract/instances/instance.ts';
import { deploymentCrn, OFFERINGS } from '../../../contract/instances/offerings.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import { formatInstant } from '../../instant.ts';
import type { Target } from '../../target.ts';
import { groupCrn } from '../groups/present.ts';

export function instanceCrn({ service, region, account_id, guid }: InstanceRow): string {
  return formatCrn({ service, location: region, accountId: account_id, instance: guid });
}

/** An instance as every published client of the resource controller reads it. */
export function presentInstance(row: InstanceRow, origin: string): ResourceInstance {
  const crn = instanceCrn(row);
  const url = `/v2/resource_instances/${row.guid}`;
  const isPending = row.state === 'pending_reclamation';
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
      type: row.last_operation,
      state: 'succeeded',
      async: false,
      description: `Completed ${row.last_operation} instance operation`,
      cancelable: false,
      poll: false,
    },
    dashboard_url: '',
    allow_cleanup: row.allow_cleanup !== 0,
    locked: row.locked !== 0,
    parameters: JSON.parse(row.parameters) as Record<string, unknown>,
    tags: JSON.parse(row.tags) as string[],
    extensions: { endpoints: { public: origin, private: origin } },
    plan_history: planHistory(row),
    created_at: formatInstant(row.created_at),
    created_by: row.created_by,
    updated_at: formatInstant(row.updated_at),
    updated_by: row.updated_by,
    deleted_at: instantOf(row.deleted_at),
    deleted_by: isPending ? null : row.deleted_by,
    resource_aliases_url: `${url}/resource_aliases`,
    resource_bindings_url: `${url}/resource_bindings`,
    resource_keys_url: `${url}/resource_keys`,
    scheduled_reclaim_at: instantOf(row.reclaim_at),
    scheduled_reclaim_by: isPending ? row.deleted_by : null,
    restored_at: instantOf(row.restored_at),
    restored_by: row.restored_by,
    migrated: false,
    onetime_credentials: false,
  };
}

/** Every plan that the instance had, the present one last. */
export function planHistory(row: InstanceRow): ResourceInstance['plan_history'] {
  const later = JSON.parse(row.plan_history) as ResourceInstance['plan_history'];
  if (later.length > 0) return later;
  return [{ resource_plan_id: row.plan_id, start_date: formatInstant(row.created_at), requestor_id: row.created_by }];
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

function instantOf(milliseconds: number | null): string | null {
  return milliseconds === null ? null : formatInstant(milliseconds);
}
