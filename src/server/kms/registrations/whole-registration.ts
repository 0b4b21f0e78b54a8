import type { RegistrationInput } from '../../../contract/registrations/registration.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import { type RegistrationRow, saveRegistration } from '../../../store/kms/registrations.ts';
import type { Tx } from '../../../store/store.ts';
import type { ClusterPrincipal } from '../../principal.ts';
import { onlyResource } from '../only-resource.ts';
import { registeredVersion } from './registrable.ts';

interface Order {
  readonly crn: string;
  readonly owner: ClusterPrincipal;
  readonly body: RegistrationInput;
  readonly before: RegistrationRow | undefined;
  readonly now: number;
}

/** Writes a registration in place of what is on record. The same one again changes nothing but its fields, so a retry is harmless. */
export async function writeRegistration(tx: Tx, key: KeyRow, order: Order): Promise<RegistrationRow> {
  const { crn, owner, before, now } = order;
  const wanted = onlyResource(order.body);
  const row: RegistrationRow = {
    key_id: key.id,
    resource_crn: crn,
    instance_id: key.instance_id,
    account_id: key.account_id,
    active: 1,
    description: wanted.description ?? null,
    metadata: wanted.registrationMetadata ?? null,
    prevent_deletion: wanted.preventKeyDeletion ? 1 : 0,
    key_version_id: await registeredVersion(tx, key, wanted.keyVersionId, before),
    created_at: before?.created_at ?? now,
    created_by: before?.created_by ?? owner.iamId,
    updated_at: before ? now : null,
    updated_by: before ? owner.iamId : null,
  };
  await saveRegistration(tx, row);
  return row;
}
