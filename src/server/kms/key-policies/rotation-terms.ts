import { RootwardError } from '../../../contract/errors.ts';
import { MAX_INTERVAL_MONTHS, MIN_INTERVAL_MONTHS, type RotationInput } from '../../../contract/key-policies/key-policy.ts';
import type { KeyPolicyRow } from '../../../store/kms/key-policies.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';

export interface RotationTerms {
  readonly enabled: boolean;
  readonly interval_month: number;
}

/**
 * What a rotation policy says after a change: the interval alone turns it on, `enabled` alone keeps the interval that there was.
 * Throws INVALID_FIELD for an interval that is none, or where none is known.
 */
export function rotationTerms(given: RotationInput, before: KeyPolicyRow | undefined): RotationTerms {
  const { enabled, interval_month: asked } = given;
  if (enabled === undefined && asked === undefined) throw wrong('rotation', 'needs enabled, interval_month, or both.');
  if (asked !== undefined) {
    requireInterval(asked);
    return { enabled: enabled ?? true, interval_month: asked };
  }
  const kept = before?.interval_month ?? undefined;
  if (kept === undefined)
    throw wrong('interval_month', 'is missing: the key has no rotation policy whose interval could be kept.');
  return { enabled: enabled ?? true, interval_month: kept };
}

/** Throws INVALID_FIELD unless this is a number of months that a rotation policy may have. */
export function requireInterval(months: number): void {
  if (Number.isInteger(months) && months >= MIN_INTERVAL_MONTHS && months <= MAX_INTERVAL_MONTHS) return;
  throw wrong('interval_month', `must be a whole number from ${MIN_INTERVAL_MONTHS} to ${MAX_INTERVAL_MONTHS}.`);
}

/** Throws unless the key is one that the service can rotate by itself: a root key whose material it generated. */
export function requireRotatable(key: KeyRow): void {
  if (key.extractable === 1) throw new RootwardError('KEY_ROOT_REQUIRED', { message: 'A rotation policy needs a root key.' });
  if (key.imported === 1)
    throw wrong('rotation', 'needs a generated root key: an imported one is rotated with new material from outside.');
}

/**
 * When the scheduler rotates the key: an interval after its latest rotation. A key that was never rotated counts from when its policy
 * was turned on, also when the interval is changed later.
 */
export function nextRotation(
  terms: RotationTerms,
  before: KeyPolicyRow | undefined,
  key: KeyRow,
  now: number,
  monthMs: number,
): number | null {
  if (!terms.enabled) return null;
  return (key.rotated_at ?? turnedOnAt(before, monthMs) ?? now) + terms.interval_month * monthMs;
}

function turnedOnAt(before: KeyPolicyRow | undefined, monthMs: number): number | undefined {
  if (before?.next_rotation_at == null || before.interval_month === null) return undefined;
  return before.next_rotation_at - before.interval_month * monthMs;
}

function wrong(name: string, what: string): RootwardError {
  return new RootwardError('INVALID_FIELD', { message: `${name} ${what}`, target: { type: 'field', name } });
}
