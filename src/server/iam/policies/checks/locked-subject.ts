import { RootwardError } from '../../../../contract/errors.ts';
import type { PolicyRow } from '../../../../store/iam/policies.ts';
import { isLockedServiceId } from '../../../../store/iam/policy-subjects.ts';
import type { Tx } from '../../../../store/store.ts';

/** Throws ENTITY_LOCKED if the policy is about a locked service ID: the rights of one do not change, in either direction. */
export async function refuseLockedSubject(tx: Tx, row: Pick<PolicyRow, 'account_id' | 'subject_key'>): Promise<void> {
  if (!(await isLockedServiceId(tx, row.account_id, row.subject_key))) return;
  const id = row.subject_key.replace(/^iam-/, '');
  throw new RootwardError('ENTITY_LOCKED', {
    message: `The service ID ${id} is locked: its policies can be neither created nor changed nor deleted.`,
    hint: `Unlock it first: rootward iam service-id-unlock ${id}`,
  });
}
