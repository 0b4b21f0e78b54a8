import type { KeyState } from '../../contract/keys/key-states.ts';
import type { KeyRow } from '../../store/kms/keys.ts';
import { insertLifecycleEvent, type LifecycleEventRow } from '../../store/kms/lifecycle-events.ts';
import { listSubscribers } from '../../store/kms/registrations.ts';
import type { Tx } from '../../store/store.ts';

export interface LifecycleChange {
  readonly type: LifecycleEventRow['type'];
  readonly key: KeyRow;
  readonly keyState: KeyState;
  readonly keyVersionId: string;
  readonly previousKeyVersionId?: string;
  readonly correlationId: string;
  readonly now: number;
  readonly deadlineSeconds: number;
}

/**
 * Writes a lifecycle event in the change's own transaction, with everybody who is to hear of it. The recipients are read here and
 * now: a forced delete calls this before it hides the registrations.
 */
export async function recordLifecycleEvent(tx: Tx, id: string, change: LifecycleChange): Promise<void> {
  const recipients = await listSubscribers(tx, change.key.id);
  await insertLifecycleEvent(
    tx,
    {
      id,
      type: change.type,
      key_id: change.key.id,
      instance_id: change.key.instance_id,
      account_id: change.key.account_id,
      key_state: change.keyState,
      key_version_id: change.keyVersionId,
      previous_key_version_id: change.previousKeyVersionId ?? null,
      correlation_id: change.correlationId,
      created_at: change.now,
    },
    recipients,
    change.now + change.deadlineSeconds * 1000,
  );
}
