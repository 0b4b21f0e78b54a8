import { RootwardError } from '../../../contract/errors.ts';
import { findGroup, type ResourceGroupRow } from '../../../store/iam/groups.ts';
import type { Db } from '../../../store/store.ts';
import type { Resolved } from '../../handler.ts';
import type { Target } from '../../target.ts';

/** The resource group with this id in the caller's account. */
export async function resolveGroup(db: Db, accountId: string, id: string): Promise<Resolved<ResourceGroupRow>> {
  const row = await findGroup(db, accountId, id);
  const target: Target = {
    serviceName: 'resource-controller',
    accountId,
    resourceType: 'resource-group',
    resource: id,
    resourceGroupId: id,
  };
  return row ? { target: { ...target, name: row.name }, record: row } : { target, missing: unknownGroup() };
}

export function unknownGroup(): RootwardError {
  return new RootwardError('RESOURCE_NOT_FOUND', { message: 'The resource group does not exist.' });
}
