import { effectiveState } from '../../../contract/keys/effective-state.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import { formatInstant } from '../../instant.ts';

const DAY_MS = 86_400_000;

/** What the audit log says of a key with every event: which it is, its state at `now`, and how long it has left if it expires. */
export function auditedKey(key: Pick<KeyRow, 'id' | 'state' | 'expires_at'>, now: number) {
  const keyState = effectiveState(key, now);
  if (key.expires_at === null) return { keyId: key.id, keyState };
  return {
    keyId: key.id,
    keyState,
    expirationDate: formatInstant(key.expires_at),
    daysToKeyExpire: Math.max(0, Math.floor((key.expires_at - now) / DAY_MS)),
  };
}

interface UsedVersion {
  readonly keyState: number;
  readonly keyVersionId: string;
  readonly shown: Readonly<Record<string, unknown>>;
}

const used = new WeakMap<object, UsedVersion>();

/**
 * What it says of a key whose version was used. As long as nothing of that changes, it is the same frozen object again, so that the
 * log writes it once. `key` is a row as it was read, and never changes.
 */
export function auditedUse(
  key: Pick<KeyRow, 'id' | 'state' | 'expires_at'>,
  now: number,
  keyVersionId: string,
): Readonly<Record<string, unknown>> {
  const keyState = effectiveState(key, now);
  const known = used.get(key);
  if (known?.keyState === keyState && known.keyVersionId === keyVersionId) return known.shown;
  const shown = Object.freeze({ ...auditedKey(key, now), keyVersionId });
  // The days that a key has left go by without a change of it.
  if (key.expires_at === null) used.set(key, { keyState, keyVersionId, shown });
  return shown;
}

/** What it says of the key that a request is about, beside the request's own. */
export function auditedRequest(key: Pick<KeyRow, 'key_ring_id' | 'extractable'>) {
  return { keyRingId: key.key_ring_id, keyType: key.extractable === 1 ? 'standard_key' : 'root_key' };
}
