import { enableKey } from '../../../contract/keys/enable.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import { recordLifecycleEvent } from '../../events/record-event.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { auditedKey, auditedRequest } from './audited-key.ts';
import { keyForChange } from './change-key.ts';
import { refuseTooEarly } from './too-early.ts';

/** Makes a suspended root key active again; allowed from a short wait after the disable, so that it has reached everybody. */
export function enableKeyHandler(deps: KmsDeps): Handler {
  return handle(enableKey, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const key = await keyForChange(deps, tx, 'enable', resolved, call.now);
      refuseTooEarly('The key was disabled', key.state_changed_at, deps.lifecycle.enableAfterDisableSeconds, call.now);
      await deps.keyRows.change(tx, key, { state: KEY_STATE.active, state_changed_at: call.now, updated_at: call.now });
      await recordLifecycleEvent(tx, deps.newId(), {
        type: 'enable',
        key,
        keyState: KEY_STATE.active,
        keyVersionId: key.current_version_id,
        correlationId: call.correlationId,
        now: call.now,
        deadlineSeconds: deps.lifecycle.eventDeadlineSeconds,
      });
      return {
        output: undefined,
        audit: { requestData: auditedRequest(key), responseData: auditedKey({ ...key, state: KEY_STATE.active }, call.now) },
        after: deps.announceEvents,
      };
    },
  });
}
