import type { InstancePolicy } from '../../../contract/instance-policies/instance-policy.ts';
import type { InstancePolicyRow } from '../../../store/kms/instance-policies.ts';
import { formatInstant } from '../../instant.ts';
import { attributesOf } from './attributes.ts';

/** A policy of an instance as the API shows it. */
export function presentInstancePolicy(row: InstancePolicyRow): InstancePolicy {
  const attributes = attributesOf(row);
  return {
    createdBy: row.created_by,
    creationDate: formatInstant(row.created_at),
    updatedBy: row.updated_by,
    lastUpdated: formatInstant(row.updated_at),
    policy_type: row.type,
    policy_data: { enabled: row.enabled === 1, ...(Object.keys(attributes).length > 0 && { attributes }) },
  };
}

/** What the audit log says of policies: kind → whether it is on, and its attributes. */
export function auditedPolicies(rows: readonly InstancePolicyRow[]): Record<string, object> {
  return Object.fromEntries(rows.map((row) => [row.type, { enabled: row.enabled === 1, ...attributesOf(row) }]));
}
