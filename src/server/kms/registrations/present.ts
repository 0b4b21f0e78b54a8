import type { Registration } from '../../../contract/registrations/registration.ts';
import { findKeyVersion, type KeyRow } from '../../../store/kms/keys.ts';
import type { RegistrationRow, ShownRegistration } from '../../../store/kms/registrations.ts';
import type { Tx } from '../../../store/store.ts';
import { formatInstant } from '../../instant.ts';
import type { Principal } from '../../principal.ts';

export const REGISTRATION_TYPE = 'application/vnd.ibm.kms.registration+json';

/** A registration as the API shows it to `principal`: what a service keeps in it for itself, only services see. */
export function presentRegistration(row: ShownRegistration, principal: Principal): Registration {
  return {
    keyId: row.key_id,
    keyName: row.key_name ?? '',
    resourceCrn: row.resource_crn,
    createdBy: row.created_by,
    creationDate: formatInstant(row.created_at),
    ...(row.updated_by !== null && { updatedBy: row.updated_by }),
    ...(row.updated_at !== null && { lastUpdated: formatInstant(row.updated_at) }),
    ...(row.description !== null && { description: row.description }),
    ...(row.metadata !== null && principal.kind === 'cluster' && { registrationMetadata: row.metadata }),
    preventKeyDeletion: row.prevent_deletion === 1,
    keyVersion: { id: row.key_version_id, creationDate: formatInstant(row.version_created_at ?? row.created_at) },
  };
}

/** The envelope around one registration of `key`. */
export async function showRegistration(tx: Tx, row: RegistrationRow, key: KeyRow, principal: Principal) {
  const version = await findKeyVersion(tx, key.id, row.key_version_id);
  const shown = { ...row, key_name: key.name, version_created_at: version?.created_at ?? null };
  return {
    metadata: { collectionType: REGISTRATION_TYPE, collectionTotal: 1 },
    resources: [presentRegistration(shown, principal)],
  };
}
