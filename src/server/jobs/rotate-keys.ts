import { effectiveState } from '../../contract/keys/effective-state.ts';
import { KEY_STATE } from '../../contract/keys/key-states.ts';
import { type DueKey, keysToRotate, nextRotation } from '../../store/kms/due-keys.ts';
import { policiesOfKeys } from '../../store/kms/key-policies.ts';
import { formatInstant } from '../instant.ts';
import { addKeyVersion } from '../kms/keys/add-version.ts';
import { targetOfKey } from '../kms/keys/resolve-key.ts';
import type { Job } from './job.ts';
import { dueKey, type JobsDeps } from './jobs-deps.ts';
import { systemRecord } from './system-record.ts';

/** Rotates Active generated root keys whose policy says so. However many rotations were missed, one makes up for them. */
export function rotateKeys(deps: JobsDeps): Job<DueKey> {
  return {
    name: 'rotate',
    isIrreversible: false,
    topics: ['keys'],
    due: keysToRotate,
    nearest: nextRotation,
    async act(tx, item, { now, before }) {
      const found = await dueKey(deps, tx, item);
      if (!found) return undefined;
      const { key, instance } = found;
      const policy = (await policiesOfKeys(tx, [key.id])).get(key.id)?.find(({ type }) => type === 'rotation');
      const dueAt = policy?.enabled === 1 ? policy.next_rotation_at : null;
      const isRotated = key.extractable === 0 && key.imported === 0 && effectiveState(key, now) === KEY_STATE.active;
      if (dueAt === null || dueAt > before || !isRotated) return undefined;
      const correlationId = deps.newId();
      const keyVersionId = await addKeyVersion(deps, tx, { instance, key, now, correlationId });
      const record = systemRecord({
        id: deps.newId(),
        at: now,
        action: 'kms.secrets.rotate',
        target: targetOfKey(instance, key),
        feature: 'keys',
        responseData: { keyId: key.id, keyVersionId, keyVersionCreationDate: formatInstant(now) },
        correlationId,
      });
      return { records: [record], after: deps.announceEvents };
    },
  };
}
