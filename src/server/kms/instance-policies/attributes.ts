import type { InstancePolicyAttributes } from '../../../contract/instance-policies/instance-policy.ts';
import type { InstancePolicyRow } from '../../../store/kms/instance-policies.ts';

/** The attributes of a stored policy: what was checked when it was set. */
export function attributesOf(row: Pick<InstancePolicyRow, 'attributes'>): InstancePolicyAttributes {
  return JSON.parse(row.attributes) as InstancePolicyAttributes;
}
