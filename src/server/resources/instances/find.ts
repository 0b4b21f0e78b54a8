import { parseCrn } from '../../../contract/crn.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findInstance, type InstanceRow } from '../../../store/instances.ts';
import type { Db } from '../../../store/store.ts';
import type { Resolved } from '../../handler.ts';
import { targetOfInstance } from './present.ts';

/** The instance with this GUID or CRN in the caller's account; one of another account does not exist for the caller. */
export async function resolveInstance(db: Db, accountId: string, id: string): Promise<Resolved<InstanceRow>> {
  const crn = parseCrn(id);
  const guid = crn ? crn.instance : id;
  const row = crn && crn.accountId !== accountId ? undefined : await findInstance(db, accountId, guid);
  if (row && (crn === undefined || crn.service === row.service)) return { target: targetOfInstance(row), record: row };
  const target = { serviceName: 'kms', accountId, serviceInstance: guid };
  return { target, missing: new RootwardError('RESOURCE_NOT_FOUND') };
}
