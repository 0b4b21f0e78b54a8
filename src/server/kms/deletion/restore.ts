import { restoreKey } from '../../../contract/deletion/restore.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import { findKeyVersion, type KeyRow } from '../../../store/kms/keys.ts';
import type { Tx } from '../../../store/store.ts';
import { recordLifecycleEvent } from '../../events/record-event.ts';
import { type Handler, handle } from '../../handler.ts';
import { formatInstant } from '../../instant.ts';
import type { LifecycleConfig } from '../../lifecycle.ts';
import { importedMaterial, type MaterialOrder } from '../import-tokens/imported-material.ts';
import { allowMaterial } from '../instance-policies/allow-creation.ts';
import { describeKey } from '../key-list/describe-keys.ts';
import { auditedKey, auditedRequest } from '../keys/audited-key.ts';
import { keyForChange } from '../keys/change-key.ts';
import type { ResolvedKey } from '../keys/resolve-key.ts';
import { refuseTooEarly } from '../keys/too-early.ts';
import type { KmsDeps } from '../kms-deps.ts';

/**
 * Makes a deleted key Active again, with its versions, aliases and policies. Registrations that the deletion took away stay hidden
 * until their services register again; they hear of the restoration. Material that older clients send is compared, never taken over.
 */
export function restoreKeyHandler(deps: KmsDeps): Handler {
  return handle(restoreKey, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const key = await keyForChange(deps, tx, 'restore', resolved, call.now);
      refuseOutsideWindow(key, call.now, deps.lifecycle);
      const body = call.input.body ?? {};
      await refuseOtherMaterial(deps, tx, { ...resolved, key }, body.resources?.[0] ?? body, call.now);
      const change = {
        state: KEY_STATE.active,
        state_changed_at: call.now,
        updated_at: call.now,
        deleted_at: null,
        deleted_by: null,
        // One deletion used it up.
        deletion_authorized_by: null,
        deletion_authorized_at: null,
      };
      await deps.keyRows.change(tx, key, change);
      await recordLifecycleEvent(tx, deps.newId(), {
        type: 'restoration',
        key,
        keyState: KEY_STATE.active,
        keyVersionId: key.current_version_id,
        correlationId: call.correlationId,
        now: call.now,
        deadlineSeconds: deps.lifecycle.eventDeadlineSeconds,
      });
      const shown = await describeKey(tx, resolved.instance, { ...key, ...change }, call.now, deps.lifecycle);
      return {
        output: { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources: [shown] },
        audit: {
          requestData: auditedRequest(key),
          responseData: { ...auditedKey({ ...key, ...change }, call.now), keyVersionId: key.current_version_id },
        },
        after: deps.announceEvents,
      };
    },
  });
}

function refuseOutsideWindow(key: KeyRow, now: number, lifecycle: LifecycleConfig): void {
  if (key.expires_at !== null && key.expires_at <= now)
    throw new RootwardError('KEY_EXPIRED', {
      message: `The key expired at ${formatInstant(key.expires_at)} and cannot be restored.`,
    });
  const deletedAt = key.deleted_at ?? key.state_changed_at;
  const until = deletedAt + lifecycle.restoreWindowSeconds * 1000;
  if (now > until)
    throw new RootwardError('KEY_RESTORE_EXPIRED', {
      message: `The key was deleted at ${formatInstant(deletedAt)} and could be restored until ${formatInstant(until)}.`,
    });
  refuseTooEarly('The key was deleted', deletedAt, lifecycle.restoreAfterDeleteSeconds, now);
}

/** Throws INVALID_FIELD unless the material that a client brings, if any, is what is kept. */
async function refuseOtherMaterial(
  deps: KmsDeps,
  tx: Tx,
  { instance, key }: ResolvedKey,
  given: Omit<MaterialOrder, 'extractable'>,
  now: number,
): Promise<void> {
  const isStandard = key.extractable === 1;
  if (given.payload) await allowMaterial(tx, instance, given.encryptedNonce !== undefined);
  using material = await importedMaterial(
    deps,
    tx,
    instance,
    { ...given, payload: given.payload || undefined, extractable: isStandard },
    now,
  );
  if (!material) return;
  const version = await findKeyVersion(tx, key.id, key.current_version_id);
  const kind = isStandard ? 'standard-key' : 'key-version';
  if (key.imported === 1 && version && deps.material.isMaterialOf(instance, version, kind, material)) return;
  throw new RootwardError('INVALID_FIELD', {
    message: 'payload is not the material of this key.',
    hint: 'A key is restored without payload.',
    target: { type: 'field', name: 'payload' },
  });
}
