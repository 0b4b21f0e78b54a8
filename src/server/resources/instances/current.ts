import { RootwardError } from '../../../contract/errors.ts';
import { findInstance, type InstanceRow } from '../../../store/instances.ts';
import type { Tx } from '../../../store/store.ts';
import { formatInstant } from '../../instant.ts';

/** The instance as the transaction sees it. Throws RESOURCE_GONE where it was deleted. */
export async function activeInstance(tx: Tx, { account_id, guid }: InstanceRow): Promise<InstanceRow> {
  const row = await findInstance(tx, account_id, guid);
  if (row?.state === 'active') return row;
  if (row?.state !== 'pending_reclamation' || row.reclaim_at === null) throw new RootwardError('RESOURCE_GONE');
  throw new RootwardError('RESOURCE_GONE', {
    message: `The resource instance was deleted. Until ${formatInstant(row.reclaim_at)} it can be restored.`,
    hint: 'See `rootward resource reclamations`.',
  });
}

/** Throws INSTANCE_LOCKED. */
export function refuseLocked(row: InstanceRow): void {
  if (row.locked === 0) return;
  throw new RootwardError('INSTANCE_LOCKED', { hint: `Unlock it: rootward resource service-instance-unlock ${row.guid}` });
}
