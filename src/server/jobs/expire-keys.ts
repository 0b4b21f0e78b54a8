import { KEY_STATE } from '../../contract/keys/key-states.ts';
import { type DueKey, keysToExpire, nextExpiry } from '../../store/kms/due-keys.ts';
import { stopRotations } from '../../store/kms/key-policies.ts';
import { recordLifecycleEvent } from '../events/record-event.ts';
import { formatInstant } from '../instant.ts';
import { targetOfKey } from '../kms/keys/resolve-key.ts';
import type { Job } from './job.ts';
import { dueKey, type JobsDeps } from './jobs-deps.ts';
import { systemRecord } from './system-record.ts';

/** Writes what every read knows since the expirationDate: the key is Deactivated. Tells everybody who depends on it. */
export function expireKeys(deps: JobsDeps): Job<DueKey> {
  return {
    name: 'expire',
    isIrreversible: true,
    topics: ['keys'],
    due: keysToExpire,
    nearest: nextExpiry,
    async act(tx, item, { now, before }) {
      const found = await dueKey(deps, tx, item);
      if (!found) return undefined;
      const { key, instance } = found;
      const isLive = key.state === KEY_STATE.active || key.state === KEY_STATE.suspended;
      if (!isLive || key.expires_at === null || key.expires_at > before) return undefined;
      const correlationId = deps.newId();
      await deps.keyRows.change(tx, key, { state: KEY_STATE.deactivated, state_changed_at: now, updated_at: now });
      await stopRotations(tx, key.id);
      await recordLifecycleEvent(tx, deps.newId(), {
        type: 'expire',
        key,
        keyState: KEY_STATE.deactivated,
        keyVersionId: key.current_version_id,
        correlationId,
        now,
        deadlineSeconds: deps.lifecycle.eventDeadlineSeconds,
      });
      const record = systemRecord({
        id: deps.newId(),
        at: now,
        action: 'kms.secrets.expire',
        target: targetOfKey(instance, key),
        feature: 'keys',
        responseData: {
          keyId: key.id,
          keyState: KEY_STATE.deactivated,
          expirationDate: formatInstant(key.expires_at),
          daysToKeyExpire: 0,
        },
        correlationId,
      });
      return { records: [record], after: deps.announceEvents };
    },
  };
}
