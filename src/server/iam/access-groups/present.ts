import type { AccessGroup } from '../../../contract/access-groups/access-group.ts';
import { formatCrn } from '../../../contract/crn.ts';
import type { AccessGroupRow } from '../../../store/iam/access-groups.ts';
import { formatInstant } from '../../instant.ts';

interface Shown {
  readonly show_federated?: boolean;
  readonly show_crn?: boolean;
}

export function presentGroup(row: AccessGroupRow, origin: string, shown: Shown = {}): AccessGroup {
  return {
    id: row.id,
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    account_id: row.account_id,
    created_at: formatInstant(row.created_at),
    created_by_id: row.created_by,
    last_modified_at: formatInstant(row.modified_at),
    last_modified_by_id: row.modified_by,
    href: `${origin}/v2/groups/${row.id}`,
    ...(shown.show_federated && { is_federated: false }),
    ...(shown.show_crn && {
      crn: formatCrn({ service: 'iam-groups', accountId: row.account_id, resourceType: 'group', resource: row.id }),
    }),
  };
}
