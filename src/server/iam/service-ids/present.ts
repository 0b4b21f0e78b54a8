import type { ApiKey } from '../../../contract/api-keys/api-key.ts';
import { formatCrn } from '../../../contract/crn.ts';
import type { ServiceId } from '../../../contract/service-ids/service-id.ts';
import type { ServiceIdRow } from '../../../store/iam/service-ids.ts';
import { formatInstant } from '../../instant.ts';
import type { Target } from '../../target.ts';

export function presentServiceId(row: ServiceIdRow, apikey?: ApiKey): ServiceId {
  return {
    id: row.id,
    iam_id: row.iam_id,
    entity_tag: row.entity_tag,
    crn: formatCrn({ service: 'iam-identity', accountId: row.account_id, resourceType: 'serviceid', resource: row.id }),
    locked: row.locked !== 0,
    created_at: formatInstant(row.created_at),
    modified_at: formatInstant(row.modified_at),
    account_id: row.account_id,
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    unique_instance_crns: JSON.parse(row.unique_instance_crns) as string[],
    ...(apikey === undefined ? {} : { apikey }),
  };
}

/** A service ID, as a policy may name it. */
export function targetOfServiceId(row: ServiceIdRow): Target {
  return {
    serviceName: 'iam-identity',
    accountId: row.account_id,
    resourceType: 'serviceid',
    resource: row.id,
    name: row.name,
  };
}
