import { RootwardError } from '../../../../contract/errors.ts';
import type { InstanceRow } from '../../../../store/instances.ts';
import { countKeyIn } from '../../../../store/kms/instance-usage.ts';
import type { Tx } from '../../../../store/store.ts';
import type { KmsDeps } from '../../kms-deps.ts';

/** Counts the new key. Throws KEY_QUOTA if the instance has as many keys as it may have; deleted ones count until they are purged. */
export async function refuseOverQuota({ keysPerInstance }: KmsDeps, tx: Tx, { guid, name }: InstanceRow): Promise<void> {
  const count = await countKeyIn(tx, guid);
  if (keysPerInstance === 0 || count <= keysPerInstance) return;
  throw new RootwardError('KEY_QUOTA', {
    message: `The instance ${name} has ${keysPerInstance} keys and may not have more. Deleted keys count until they are purged.`,
    hint: 'Purge deleted keys, use another instance, or raise limits.keysPerInstance.',
  });
}
