import { RootwardError } from '../../../contract/errors.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import { hideRegistrations, listRegistrations } from '../../../store/kms/registrations.ts';
import type { Tx } from '../../../store/store.ts';
import { recordLifecycleEvent } from '../../events/record-event.ts';
import { type Handler, handle } from '../../handler.ts';
import { formatInstant } from '../../instant.ts';
import { requireOtherAuthorization } from '../deletion/dual-authorization.ts';
import { describeKey } from '../key-list/describe-keys.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { auditedKey, auditedRequest } from './audited-key.ts';
import { keyForChange } from './change-key.ts';
import { prefersRepresentation } from './creation/prefer.ts';

/** Deletes a key (state Destroyed, restorable for a while). Refused while it protects resources, unless forced. */
export function deleteKeyHandler(deps: KmsDeps): Handler {
  return handle(deleteKey, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const key = await keyForChange(deps, tx, 'delete', resolved, call.now);
      await requireOtherAuthorization(tx, key, call.principal.iamId, call.now, deps.lifecycle);
      await refuseProtected(tx, key, call.input.query.force ?? false);
      await recordLifecycleEvent(tx, deps.newId(), {
        type: 'deletion',
        key,
        keyState: KEY_STATE.destroyed,
        keyVersionId: key.current_version_id,
        correlationId: call.correlationId,
        now: call.now,
        deadlineSeconds: deps.lifecycle.eventDeadlineSeconds,
      });
      // Only after the recipients of the event are fixed.
      await hideRegistrations(tx, key.id);
      const change = {
        state: KEY_STATE.destroyed,
        state_changed_at: call.now,
        updated_at: call.now,
        deleted_at: call.now,
        deleted_by: call.principal.iamId,
        // It holds for one deletion.
        deletion_authorized_by: null,
        deletion_authorized_at: null,
      };
      await deps.keyRows.change(tx, key, change);
      const audit = {
        requestData: { ...auditedRequest(key), force: call.input.query.force ?? false },
        responseData: { ...auditedKey({ ...key, ...change }, call.now), deletionDate: formatInstant(call.now) },
      };
      const shown = await describeKey(tx, resolved.instance, { ...key, ...change }, call.now, deps.lifecycle);
      const output = { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources: [shown] };
      return { output, status: prefersRepresentation(call.input.headers.prefer) ? 200 : 204, audit, after: deps.announceEvents };
    },
  });
}

async function refuseProtected(tx: Tx, key: KeyRow, force: boolean): Promise<void> {
  const registrations = await listRegistrations(tx, { instanceId: key.instance_id, keyId: key.id });
  if (registrations.some((registration) => registration.prevent_deletion === 1))
    throw new RootwardError('KEY_DELETION_PREVENTED');
  if (force || registrations.length === 0) return;
  throw new RootwardError('KEY_PROTECTS_RESOURCES', { target: { type: 'query_param', name: 'force' } });
}
