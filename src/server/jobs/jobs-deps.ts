import type { InstanceRow } from '../../store/instances.ts';
import { findInstanceOfAnyAccount } from '../../store/instances.ts';
import type { KeyRow } from '../../store/kms/keys.ts';
import type { Tx } from '../../store/store.ts';
import type { KmsDeps } from '../kms/kms-deps.ts';

/** What jobs are made with: of the key service only what they use. */
export type JobsDeps = Pick<KmsDeps, 'keyRows' | 'material' | 'lifecycle' | 'newId' | 'announceEvents'>;

/** A key that a job is to act on, as its transaction sees it, with its instance. */
export async function dueKey(
  deps: Pick<JobsDeps, 'keyRows'>,
  tx: Tx,
  item: { readonly instanceId: string; readonly id: string },
): Promise<{ key: KeyRow; instance: InstanceRow } | undefined> {
  const key = await deps.keyRows.find(tx, item.instanceId, item.id);
  const instance = key && (await findInstanceOfAnyAccount(tx, item.instanceId));
  return key && instance ? { key, instance } : undefined;
}
