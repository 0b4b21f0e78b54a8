import { effectiveState } from '../../../contract/keys/effective-state.ts';
import type { SecretBytes } from '../../../crypto/secret-bytes.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import { restartRotation } from '../../../store/kms/key-policies.ts';
import { countKeyVersions, insertKeyVersion, type KeyRow } from '../../../store/kms/keys.ts';
import type { Tx } from '../../../store/store.ts';
import { recordLifecycleEvent } from '../../events/record-event.ts';
import type { KmsDeps } from '../kms-deps.ts';

export interface NewVersion {
  readonly instance: InstanceRow;
  /** As the transaction sees it. */
  readonly key: KeyRow;
  /** Material from outside; kept by the caller. */
  readonly imported?: SecretBytes | undefined;
  readonly now: number;
  readonly correlationId: string;
}

/**
 * Gives a root key a new version and tells everybody who depends on it, whoever asked for it; the version's id. The interval of its
 * rotation policy begins anew. The caller has checked that the key may be rotated, and announces events after the commit.
 */
export async function addKeyVersion(
  deps: Pick<KmsDeps, 'keyRows' | 'material' | 'lifecycle' | 'newId'>,
  tx: Tx,
  { instance, key, imported, now, correlationId }: NewVersion,
): Promise<string> {
  const versionId = deps.newId();
  await insertKeyVersion(tx, {
    id: versionId,
    key_id: key.id,
    instance_id: key.instance_id,
    account_id: key.account_id,
    number: (await countKeyVersions(tx, key.id)) + 1,
    sealed_material: deps.material.createVersion(instance, key.id, versionId, 'key-version', imported),
    created_at: now,
    backup_id: null,
  });
  await deps.keyRows.change(tx, key, { current_version_id: versionId, rotated_at: now, updated_at: now });
  await restartRotation(tx, key.id, now, deps.lifecycle.rotationMonthSeconds * 1000);
  await recordLifecycleEvent(tx, deps.newId(), {
    type: 'rotation',
    key,
    keyState: effectiveState(key, now),
    keyVersionId: versionId,
    previousKeyVersionId: key.current_version_id,
    correlationId,
    now,
    deadlineSeconds: deps.lifecycle.eventDeadlineSeconds,
  });
  return versionId;
}
