import { KEY_STATE } from '../../contract/keys/key-states.ts';
import { type DueKey, firstDeletion, keysDeletedUntil } from '../../store/kms/due-keys.ts';
import { formatInstant } from '../instant.ts';
import { purgeKey } from '../kms/deletion/purge-key.ts';
import { targetOfKey } from '../kms/keys/resolve-key.ts';
import { autoPurgeSeconds } from '../lifecycle.ts';
import type { Job } from './job.ts';
import { dueKey, type JobsDeps } from './jobs-deps.ts';
import { shiftedBy } from './shifted-by.ts';
import { systemRecord } from './system-record.ts';

/** Destroys keys for good that were deleted so long ago that nobody can restore them any more. */
export function purgeKeys(deps: JobsDeps): Job<DueKey> {
  const delayMs = autoPurgeSeconds(deps.lifecycle) * 1000;
  return {
    name: 'purge',
    isIrreversible: true,
    topics: ['keys'],
    ...shiftedBy(delayMs, keysDeletedUntil, firstDeletion),
    async act(tx, item, { now, before }) {
      const found = await dueKey(deps, tx, item);
      if (!found) return undefined;
      const { key, instance } = found;
      if (key.state !== KEY_STATE.destroyed || key.deleted_at === null || key.deleted_at + delayMs > before) return undefined;
      await purgeKey(tx, key.instance_id, key.id);
      const record = systemRecord({
        id: deps.newId(),
        at: now,
        action: 'kms.secrets.purge',
        target: targetOfKey(instance, key),
        feature: 'keys',
        responseData: { keyId: key.id, keyState: KEY_STATE.destroyed, deletionDate: formatInstant(key.deleted_at) },
        correlationId: deps.newId(),
      });
      return { records: [record], after: () => deps.material.forget(key.id) };
    },
  };
}
