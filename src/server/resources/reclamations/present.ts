import { OFFERINGS } from '../../../contract/instances/offerings.ts';
import type { Reclamation } from '../../../contract/reclamations/reclamation.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import type { ReclamationRow } from '../../../store/reclamations.ts';
import { formatInstant } from '../../instant.ts';
import { instanceCrn } from '../instances/present.ts';

export function presentReclamation(row: ReclamationRow, instance: InstanceRow): Reclamation {
  return {
    id: row.id,
    entity_id: row.instance_guid,
    entity_type_id: OFFERINGS.find(({ service }) => service === instance.service)?.id ?? '',
    entity_crn: instanceCrn(instance),
    resource_instance_id: row.instance_guid,
    resource_group_id: row.resource_group_id,
    account_id: row.account_id,
    // There is one policy for all, in the configuration.
    policy_id: '',
    state: row.state,
    target_time: formatInstant(row.target_at),
    custom_properties: {},
    created_at: formatInstant(row.created_at),
    created_by: row.created_by,
    updated_at: formatInstant(row.updated_at),
    updated_by: row.updated_by,
  };
}
