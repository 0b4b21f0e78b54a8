import { disableKey } from '../../../contract/keys/disable.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import { recordLifecycleEvent } from '../../events/record-event.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { auditedKey, auditedRequest } from './audited-key.ts';
import { keyForChange } from './change-key.ts';

/** Suspends a root key. Once this is acknowledged, this server neither wraps nor unwraps with it until it is enabled again. */
export function disableKeyHandler(deps: KmsDeps): Handler {
  return handle(disableKey, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const key = await keyForChange(deps, tx, 'disable', resolved, call.now);
      await deps.keyRows.change(tx, key, {
        state: KEY_STATE.suspended,
        state_changed_at: call.now,
        updated_at: call.now,
      });
      await recordLifecycleEvent(tx, deps.newId(), {
        type: 'disable',
        key,
        keyState: KEY_STATE.suspended,
        keyVersionId: key.current_version_id,
        correlationId: call.correlationId,
        now: call.now,
        deadlineSeconds: deps.lifecycle.eventDeadlineSeconds,
      });
      return {
        output: undefined,
        audit: { requestData: auditedRequest(key), responseData: auditedKey({ ...key, state: KEY_STATE.suspended }, call.now) },
        after: deps.announceEvents,
      };
    },
  });
}
