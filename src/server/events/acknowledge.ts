import { RootwardError } from '../../contract/errors.ts';
import { acknowledgeEvent } from '../../contract/events/acknowledge.ts';
import { effectiveState } from '../../contract/keys/effective-state.ts';
import { KEY_STATE } from '../../contract/keys/key-states.ts';
import { findKeyVersion } from '../../store/kms/keys.ts';
import { acknowledgeRecipient, findEvent, findRecipient, type LifecycleEventRow } from '../../store/kms/lifecycle-events.ts';
import type { Tx } from '../../store/store.ts';
import { type Handler, handle } from '../handler.ts';
import { formatInstant } from '../instant.ts';
import type { KmsDeps } from '../kms/kms-deps.ts';
import { onlyResource } from '../kms/only-resource.ts';
import { acknowledgementAction } from './acknowledgement-action.ts';

/** A service reports that it has acted on a lifecycle event. A report that contradicts the state of the key is refused. */
export function acknowledgeEventHandler(deps: KmsDeps): Handler {
  return handle(acknowledgeEvent, {
    resolve: (call) => deps.resolver.instance(call),
    async change(call, instance, tx) {
      if (call.principal.kind !== 'cluster') throw new RootwardError('SERVICE_ONLY');
      const { eventId, adopterKeyState, timestamp } = onlyResource(call.input.body);
      const event = await findEvent(tx, eventId);
      const recipient = await findRecipient(tx, eventId, call.principal.crn);
      if (event?.instance_id !== instance.guid || !recipient) {
        throw new RootwardError('INVALID_FIELD', {
          message: 'eventId names no event for this resource.',
          target: { type: 'field', name: 'eventId' },
        });
      }
      await refuseContradiction(deps, tx, event.instance_id, event.key_id, adopterKeyState, call.now);
      await acknowledgeRecipient(tx, eventId, call.principal.crn, {
        acknowledged_at: call.now,
        adopter_key_state: adopterKeyState,
        outcome: 'acknowledged',
      });
      return {
        output: undefined,
        audit: {
          action: acknowledgementAction(event.type),
          responseData: {
            keyId: event.key_id,
            keyState: event.key_state,
            resourceCRN: call.principal.crn,
            eventAckData: {
              eventId,
              eventType: event.type,
              keyState: adopterKeyState,
              eventAckTimeStamp: timestamp ?? formatInstant(call.now),
              ...(await versionsOf(tx, event)),
            },
          },
        },
      };
    },
  });
}

/** The versions between which a rotation moved its key; of one that was purged nothing is known any more. */
async function versionsOf(tx: Tx, event: LifecycleEventRow): Promise<Record<string, string>> {
  if (event.previous_key_version_id === null) return {};
  const newer = await findKeyVersion(tx, event.key_id, event.key_version_id);
  const older = await findKeyVersion(tx, event.key_id, event.previous_key_version_id);
  return {
    newKeyVersionId: event.key_version_id,
    ...(newer && { newKeyVersionCreationDate: formatInstant(newer.created_at) }),
    oldKeyVersionId: event.previous_key_version_id,
    ...(older && { oldKeyVersionCreationDate: formatInstant(older.created_at) }),
  };
}

async function refuseContradiction(
  deps: Pick<KmsDeps, 'keyRows'>,
  tx: Tx,
  instanceId: string,
  keyId: string,
  reported: string,
  now: number,
): Promise<void> {
  const key = await deps.keyRows.find(tx, instanceId, keyId);
  const state = key && effectiveState(key, now);
  if (reported === 'DEK_ENABLED' && (state === KEY_STATE.suspended || state === KEY_STATE.destroyed)) {
    throw new RootwardError('KEY_STATE', {
      message: 'The key cannot be used at present, so no resource can have its DEK enabled.',
    });
  }
}
