import { formatCrn } from '../../../contract/crn.ts';
import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { KEY_TYPE, type Key } from '../../../contract/keys/key.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import type { KeyRow } from '../../../store/keys.ts';
import { formatInstant } from '../../instant.ts';
import type { LifecycleConfig } from '../../lifecycle.ts';

const REASON_EXPIRED = 3;
const REASON_OTHER = 1;

export function keyCrn(instance: InstanceRow, keyId: string): string {
  return formatCrn({
    service: instance.service,
    location: instance.region,
    accountId: instance.account_id,
    instance: instance.guid,
    resourceType: 'key',
    resource: keyId,
  });
}

/** A key as the API shows it at `now`. Fields without a value are left out, never empty. */
export function presentKey(
  instance: InstanceRow,
  key: KeyRow,
  now: number,
  lifecycle: LifecycleConfig,
  versionCreatedAt?: number,
): Key {
  const state = effectiveState(key, now);
  return {
    type: KEY_TYPE,
    id: key.id,
    name: key.name,
    ...(key.description !== null && { description: key.description }),
    ...(key.tags !== '[]' && { tags: JSON.parse(key.tags) as string[] }),
    state,
    ...(key.expires_at !== null && { expirationDate: formatInstant(key.expires_at) }),
    extractable: key.extractable === 1,
    crn: keyCrn(instance, key.id),
    imported: key.imported === 1,
    keyRingID: key.key_ring_id,
    creationDate: formatInstant(key.created_at),
    createdBy: key.created_by,
    algorithmType: 'Deprecated',
    algorithmMetadata: { bitLength: '256', mode: 'Deprecated' },
    algorithmBitSize: 256,
    algorithmMode: 'Deprecated',
    ...(state !== KEY_STATE.active && { nonactiveStateReason: state === KEY_STATE.deactivated ? REASON_EXPIRED : REASON_OTHER }),
    ...(key.updated_at !== null && { lastUpdateDate: formatInstant(key.updated_at) }),
    ...(key.rotated_at !== null && { lastRotateDate: formatInstant(key.rotated_at) }),
    ...(key.extractable === 0 && {
      keyVersion: {
        id: key.current_version_id,
        creationDate: formatInstant(versionCreatedAt ?? key.rotated_at ?? key.created_at),
      },
    }),
    dualAuthDelete: { enabled: false },
    deleted: state === KEY_STATE.destroyed,
    ...(key.deleted_at !== null && presentDeletion(key, key.deleted_at, now, lifecycle)),
  };
}

function presentDeletion(key: KeyRow, deletedAt: number, now: number, lifecycle: LifecycleConfig): Partial<Key> {
  const after = (seconds: number) => deletedAt + seconds * 1000;
  const restoreUntil = after(lifecycle.restoreWindowSeconds);
  const purgeFrom = after(lifecycle.purgeAfterDeleteSeconds);
  const isExpired = key.expires_at !== null && key.expires_at <= now;
  return {
    deletionDate: formatInstant(deletedAt),
    ...(key.deleted_by !== null && { deletedBy: key.deleted_by }),
    restoreExpirationDate: formatInstant(restoreUntil),
    restoreAllowed: now <= restoreUntil && !isExpired,
    purgeAllowed: now >= purgeFrom,
    purgeAllowedFrom: formatInstant(purgeFrom),
    purgeScheduledOn: formatInstant(after(lifecycle.autoPurgeAfterDeleteSeconds)),
  };
}
