import { parseCrn } from '../../../contract/crn.ts';
import type { Policy } from '../../../contract/policies/policy.ts';
import type { PolicyRow } from '../../../store/iam/policies.ts';
import { formatInstant } from '../../instant.ts';
import { CRN_PREFIX } from '../identity.ts';

export type ShownRecord = Omit<Policy, 'subjects' | 'roles' | 'resources'>;

/** What both versions say of a policy beside its subject, roles and resource. */
export function presentRecord(row: PolicyRow, origin: string, version: 'v1' | 'v2'): ShownRecord {
  return {
    id: row.id,
    type: row.type,
    ...(row.description === null ? {} : { description: row.description }),
    href: `${origin}/${version}/policies/${row.id}`,
    created_at: formatInstant(row.created_at),
    created_by_id: row.created_by,
    last_modified_at: formatInstant(row.modified_at),
    last_modified_by_id: row.modified_by,
    state: row.state,
    ...(row.parent_id !== null && { created_by_service: serviceOf(row.created_by), parent_id: row.parent_id }),
  };
}

function serviceOf(iamId: string): string {
  return parseCrn(iamId.slice(CRN_PREFIX.length))?.service ?? iamId;
}
