import { RootwardError } from '../../../contract/errors.ts';
import { listGroups } from '../../../store/iam/groups.ts';
import type { Tx } from '../../../store/store.ts';

/** Throws RESOURCE_GROUP_NAME_TAKEN if another group has this name, or one that people cannot tell from it. */
export async function refuseTakenName(tx: Tx, accountId: string, name: string, except?: string): Promise<void> {
  const wanted = foldName(name);
  const groups = await listGroups(tx, accountId);
  if (groups.some((group) => group.id !== except && foldName(group.name) === wanted))
    throw new RootwardError('RESOURCE_GROUP_NAME_TAKEN');
}

const foldName = (name: string): string => name.normalize('NFKC').toLowerCase();
