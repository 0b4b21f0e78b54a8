import { RootwardError } from '../../../contract/errors.ts';
import { findServiceId, type ServiceIdRow } from '../../../store/iam/service-ids.ts';
import type { Db } from '../../../store/store.ts';
import type { Resolved } from '../../handler.ts';
import { SERVICE_ID_PREFIX } from '../identity.ts';
import { targetOfServiceId } from './present.ts';

/** The service ID with this id or identity. */
export async function resolveServiceId(db: Db, accountId: string, idOrIamId: string): Promise<Resolved<ServiceIdRow>> {
  const id = idOrIamId.startsWith(SERVICE_ID_PREFIX) ? idOrIamId.slice(SERVICE_ID_PREFIX.length) : idOrIamId;
  const row = await findServiceId(db, accountId, id);
  if (row) return { target: targetOfServiceId(row), record: row };
  return {
    target: { serviceName: 'iam-identity', accountId, resourceType: 'serviceid', resource: id },
    missing: new RootwardError('IAM_NOT_FOUND', { message: 'The service ID does not exist.' }),
  };
}
