import type { Registration } from '../../../contract/registrations/registration.ts';
import { findKey, findKeyVersion } from '../../../store/keys.ts';
import type { RegistrationRow } from '../../../store/registrations.ts';
import type { Db, Tx } from '../../../store/store.ts';
import { formatInstant } from '../../instant.ts';

export const REGISTRATION_TYPE = 'application/vnd.ibm.kms.registration+json';

export async function presentRegistration(db: Db | Tx, row: RegistrationRow): Promise<Registration> {
  const key = await findKey(db, row.instance_id, row.key_id);
  const version = await findKeyVersion(db, row.key_id, row.key_version_id);
  return {
    keyId: row.key_id,
    keyName: key?.name ?? '',
    resourceCrn: row.resource_crn,
    createdBy: row.created_by,
    creationDate: formatInstant(row.created_at),
    ...(row.updated_by !== null && { updatedBy: row.updated_by }),
    ...(row.updated_at !== null && { lastUpdated: formatInstant(row.updated_at) }),
    ...(row.description !== null && { description: row.description }),
    preventKeyDeletion: row.prevent_deletion === 1,
    keyVersion: { id: row.key_version_id, creationDate: formatInstant(version?.created_at ?? row.created_at) },
  };
}
