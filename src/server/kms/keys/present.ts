import { formatCrn } from '../../../contract/crn.ts';
import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { KEY_TYPE, type Key } from '../../../contract/keys/key.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import type { KeyPolicyRow } from '../../../store/kms/key-policies.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import { formatInstant } from '../../instant.ts';
import { autoPurgeSeconds, type LifecycleConfig } from '../../lifecycle.ts';

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

/** What other tables hold of a key. */
export interface KeyFacts {
  readonly aliases: readonly string[];
  readonly policies: readonly KeyPolicyRow[];
}

/** A key as the API shows it at `now`. Fields without a value are left out, never empty. */
export function presentKey(
  instance: InstanceRow,
  key: KeyRow,
  { aliases, policies }: KeyFacts,
  now: number,
  lifecycle: LifecycleConfig,
): Key {
  const rotation = policies.find(({ type }) => type === 'rotation');
  const state = effectiveState(key, now);
  return {
    type: KEY_TYPE,
    id: key.id,
    name: key.name,
    ...(key.description !== null && { description: key.description }),
    ...(aliases.length > 0 && { aliases: [...aliases] }),
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
        creationDate: formatInstant(key.rotated_at ?? key.created_at),
      },
    }),
    dualAuthDelete: presentDualAuth(key, policies, now, lifecycle),
    ...(rotation && { rotation: { enabled: rotation.enabled === 1, interval_month: rotation.interval_month ?? 1 } }),
    deleted: state === KEY_STATE.destroyed,
    ...(key.deleted_at !== null && presentDeletion(key, key.deleted_at, now, lifecycle)),
  };
}

function presentDualAuth(
  key: KeyRow,
  policies: readonly KeyPolicyRow[],
  now: number,
  lifecycle: LifecycleConfig,
): Key['dualAuthDelete'] {
  const isEnabled = policies.some(({ type, enabled }) => type === 'dualAuthDelete' && enabled === 1);
  if (!isEnabled) return { enabled: false };
  const until =
    key.deletion_authorized_at === null ? 0 : key.deletion_authorized_at + lifecycle.deletionAuthorizationSeconds * 1000;
  if (until <= now) return { enabled: true, keySetForDeletion: false };
  return { enabled: true, keySetForDeletion: true, authExpiration: formatInstant(until) };
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
    purgeScheduledOn: formatInstant(after(autoPurgeSeconds(lifecycle))),
  };
}
