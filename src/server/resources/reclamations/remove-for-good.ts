import { eraseInstance, type InstanceRow, updateInstance } from '../../../store/instances.ts';
import type { Tx } from '../../../store/store.ts';

/** Destroys an instance key and every key that it sealed. Nothing brings them back but a backup from before. */
export async function removeForGood(
  tx: Tx,
  { guid, deleted_by }: InstanceRow,
  by: { readonly iamId: string; readonly at: number; readonly operation: 'delete' | 'reclaim' },
): Promise<void> {
  await eraseInstance(tx, guid);
  await updateInstance(tx, guid, {
    state: 'removed',
    reclaim_at: null,
    deleted_at: by.at,
    deleted_by: deleted_by ?? by.iamId,
    updated_at: by.at,
    updated_by: by.iamId,
    last_operation: by.operation,
  });
}
