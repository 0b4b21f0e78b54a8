import { RootwardError } from '../../../contract/errors.ts';
import type { RotationInput } from '../../../contract/key-policies/key-policy.ts';
import { type KeyPolicyRow, saveKeyPolicy } from '../../../store/kms/key-policies.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import type { Tx } from '../../../store/store.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { nextRotation, requireRotatable, rotationTerms } from './rotation-terms.ts';

export interface PolicyChange {
  readonly key: KeyRow;
  /** The policy of this kind that the key has; undefined: it has none. */
  readonly before: KeyPolicyRow | undefined;
  readonly by: string;
  readonly now: number;
}

type SetDeps = Pick<KmsDeps, 'newId' | 'lifecycle'>;

/** Sets the rotation policy of a key. Throws KEY_ROOT_REQUIRED or INVALID_FIELD. */
export async function setRotationPolicy(
  deps: SetDeps,
  tx: Tx,
  change: PolicyChange,
  given: RotationInput,
): Promise<KeyPolicyRow> {
  const { key, before, now } = change;
  requireRotatable(key);
  const terms = rotationTerms(given, before);
  const row = {
    ...rowOf(deps, 'rotation', change),
    enabled: terms.enabled ? 1 : 0,
    interval_month: terms.interval_month,
    next_rotation_at: nextRotation(terms, before, key, now, deps.lifecycle.rotationMonthSeconds * 1000),
  };
  await saveKeyPolicy(tx, row);
  return row;
}

/** Sets whether two people delete a key. Once it is on it stays: KEY_DUAL_AUTH_KEPT. */
export async function setDualAuthPolicy(deps: SetDeps, tx: Tx, change: PolicyChange, enabled: boolean): Promise<KeyPolicyRow> {
  if (change.before?.enabled === 1 && !enabled) {
    throw new RootwardError('KEY_DUAL_AUTH_KEPT', { target: { type: 'field', name: 'dualAuthDelete.enabled' } });
  }
  const row = { ...rowOf(deps, 'dualAuthDelete', change), enabled: enabled ? 1 : 0 };
  await saveKeyPolicy(tx, row);
  return row;
}

function rowOf(deps: SetDeps, type: KeyPolicyRow['type'], { key, before, by, now }: PolicyChange): KeyPolicyRow {
  return {
    key_id: key.id,
    type,
    id: before?.id ?? deps.newId(),
    instance_id: key.instance_id,
    account_id: key.account_id,
    enabled: 0,
    interval_month: null,
    next_rotation_at: null,
    created_at: before?.created_at ?? now,
    created_by: before?.created_by ?? by,
    updated_at: now,
    updated_by: by,
  };
}
