import { syncResources } from '../../contract/events/sync.ts';
import { effectiveState } from '../../contract/keys/effective-state.ts';
import { latestEventOfKey } from '../../store/kms/lifecycle-events.ts';
import { type Handler, handle } from '../handler.ts';
import { auditedKey, auditedRequest } from '../kms/keys/audited-key.ts';
import { keyForChange } from '../kms/keys/change-key.ts';
import { refuseTooEarly } from '../kms/keys/too-early.ts';
import type { KmsDeps } from '../kms/kms-deps.ts';
import { recordLifecycleEvent } from './record-event.ts';

/** Tells everybody who depends on a root key to look at it again. How recent the latest event is counts in every state of the key. */
export function syncResourcesHandler(deps: KmsDeps): Handler {
  return handle(syncResources, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const key = await keyForChange(deps, tx, 'sync', resolved, call.now);
      const latest = await latestEventOfKey(tx, key.id);
      if (latest)
        refuseTooEarly(
          `The latest lifecycle event of the key (${latest.type}) was`,
          latest.created_at,
          deps.lifecycle.syncAfterEventSeconds,
          call.now,
        );
      const keyState = effectiveState(key, call.now);
      await recordLifecycleEvent(tx, deps.newId(), {
        type: 'sync',
        key,
        keyState,
        keyVersionId: key.current_version_id,
        correlationId: call.correlationId,
        now: call.now,
        deadlineSeconds: deps.lifecycle.eventDeadlineSeconds,
      });
      return {
        output: undefined,
        audit: {
          requestData: auditedRequest(key),
          responseData: { ...auditedKey(key, call.now), keyVersionId: key.current_version_id },
        },
        after: deps.announceEvents,
      };
    },
  });
}
