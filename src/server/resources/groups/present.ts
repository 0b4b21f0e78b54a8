import { formatCrn } from '../../../contract/crn.ts';
import type { ResourceGroup } from '../../../contract/groups/group.ts';
import type { ResourceGroupRow } from '../../../store/iam/groups.ts';
import { formatInstant } from '../../instant.ts';

export function groupCrn(accountId: string, id: string): string {
  return formatCrn({ service: 'resource-controller', accountId, resourceType: 'resource-group', resource: id });
}

export function presentGroup(row: ResourceGroupRow): ResourceGroup {
  const url = `/v2/resource_groups/${row.id}`;
  return {
    id: row.id,
    crn: groupCrn(row.account_id, row.id),
    account_id: row.account_id,
    name: row.name,
    state: 'ACTIVE',
    default: row.is_default !== 0,
    // Quotas, payment and teams do not exist here; published clients decode the fields.
    quota_id: '',
    quota_url: '',
    payment_methods_url: `${url}/payment_methods`,
    resource_linkages: [],
    teams_url: `${url}/teams`,
    created_at: formatInstant(row.created_at),
    updated_at: formatInstant(row.updated_at),
  };
}
