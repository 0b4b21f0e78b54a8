import { type DueKey, firstAuthorization, keysAuthorizedUntil } from '../../store/kms/due-keys.ts';
import { formatInstant } from '../instant.ts';
import { targetOfKey } from '../kms/keys/resolve-key.ts';
import type { Job } from './job.ts';
import { dueKey, type JobsDeps } from './jobs-deps.ts';
import { shiftedBy } from './shifted-by.ts';
import { systemRecord } from './system-record.ts';

/** Takes back the first authorization to delete a key when the second one did not come in time. */
export function lapseAuthorizations(deps: JobsDeps): Job<DueKey> {
  const holdsMs = deps.lifecycle.deletionAuthorizationSeconds * 1000;
  return {
    name: 'deletion-authorizations',
    isIrreversible: false,
    topics: ['keys'],
    ...shiftedBy(holdsMs, keysAuthorizedUntil, firstAuthorization),
    async act(tx, item, { now, before }) {
      const found = await dueKey(deps, tx, item);
      if (!found) return undefined;
      const { key, instance } = found;
      const givenAt = key.deletion_authorized_at;
      if (givenAt === null || givenAt + holdsMs > before) return undefined;
      await deps.keyRows.change(tx, key, {
        deletion_authorized_by: null,
        deletion_authorized_at: null,
        updated_at: now,
      });
      const record = systemRecord({
        id: deps.newId(),
        at: now,
        action: 'kms.secrets.unsetkeyfordeletion',
        target: targetOfKey(instance, key),
        feature: 'keys',
        responseData: {
          keyId: key.id,
          initialValue: { authID: key.deletion_authorized_by, authExpiration: formatInstant(givenAt + holdsMs) },
        },
        correlationId: deps.newId(),
      });
      return { records: [record] };
    },
  };
}
