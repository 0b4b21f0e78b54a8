import type { Tx } from '../store.ts';
import { countKeyOut } from './instance-usage.ts';

/** Removes the row of a key and every row that belongs to it. Lifecycle events stay: they say what happened, and hold no material. */
export async function eraseKey(tx: Tx, instanceId: string, keyId: string): Promise<void> {
  await tx.deleteFrom('registrations').where('key_id', '=', keyId).where('instance_id', '=', instanceId).execute();
  await tx.deleteFrom('key_policies').where('key_id', '=', keyId).where('instance_id', '=', instanceId).execute();
  await tx.deleteFrom('key_aliases').where('key_id', '=', keyId).where('instance_id', '=', instanceId).execute();
  await tx.deleteFrom('key_versions').where('key_id', '=', keyId).where('instance_id', '=', instanceId).execute();
  await tx.deleteFrom('keys').where('id', '=', keyId).where('instance_id', '=', instanceId).execute();
  await countKeyOut(tx, instanceId);
}
