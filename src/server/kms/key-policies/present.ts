import { formatCrn } from '../../../contract/crn.ts';
import { POLICY_TYPE } from '../../../contract/instance-policies/instance-policy.ts';
import type { KeyPolicy } from '../../../contract/key-policies/key-policy.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import type { KeyPolicyRow } from '../../../store/kms/key-policies.ts';
import { formatInstant } from '../../instant.ts';

/** The part of a policy that its kind is about; also what the audit log says of it. */
export function termsOfPolicy(row: KeyPolicyRow): Pick<KeyPolicy, 'rotation' | 'dualAuthDelete'> {
  const enabled = row.enabled === 1;
  return row.type === 'rotation'
    ? { rotation: { enabled, interval_month: row.interval_month ?? 1 } }
    : { dualAuthDelete: { enabled } };
}

/** A policy of a key as the API shows it. */
export function presentKeyPolicy(instance: InstanceRow, row: KeyPolicyRow): KeyPolicy {
  return {
    id: row.id,
    crn: formatCrn({
      service: instance.service,
      location: instance.region,
      accountId: instance.account_id,
      instance: instance.guid,
      resourceType: 'policy',
      resource: row.id,
    }),
    type: POLICY_TYPE,
    createdBy: row.created_by,
    creationDate: formatInstant(row.created_at),
    updatedBy: row.updated_by,
    lastUpdateDate: formatInstant(row.updated_at),
    ...termsOfPolicy(row),
  };
}
