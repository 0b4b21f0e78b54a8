import { findInstanceOfAnyAccount } from '../../store/instances.ts';
import { nextDeadline, type OverdueRecipient, overdueRecipients } from '../../store/kms/due-events.ts';
import { acknowledgeRecipient, findEvent, findRecipient } from '../../store/kms/lifecycle-events.ts';
import { acknowledgementAction } from '../events/acknowledgement-action.ts';
import { targetOfInstance, targetOfKey } from '../kms/keys/resolve-key.ts';
import type { Job } from './job.ts';
import type { JobsDeps } from './jobs-deps.ts';
import { systemRecord } from './system-record.ts';

const TIMED_OUT = 408;

/** Records, once for each recipient, that a lifecycle event was not acknowledged in time. */
export function failOverdueEvents(deps: Pick<JobsDeps, 'keyRows' | 'newId'>): Job<OverdueRecipient> {
  return {
    name: 'event-deadlines',
    isIrreversible: false,
    topics: [],
    due: overdueRecipients,
    nearest: nextDeadline,
    async act(tx, { id, resourceCrn }, { now, before }) {
      const recipient = await findRecipient(tx, id, resourceCrn);
      if (recipient?.outcome !== 'pending' || recipient.deadline_at > before) return undefined;
      await acknowledgeRecipient(tx, id, resourceCrn, { acknowledged_at: null, adopter_key_state: null, outcome: 'failed' });
      const event = await findEvent(tx, id);
      const instance = event && (await findInstanceOfAnyAccount(tx, event.instance_id));
      if (!event || !instance) return { records: [] };
      const key = await deps.keyRows.find(tx, event.instance_id, event.key_id);
      const record = systemRecord({
        id: deps.newId(),
        at: now,
        action: acknowledgementAction(event.type),
        target: key ? targetOfKey(instance, key) : targetOfInstance(instance),
        feature: 'events',
        status: TIMED_OUT,
        reasonForFailure: 'The resource did not acknowledge the event in time.',
        responseData: {
          keyId: event.key_id,
          keyState: event.key_state,
          resourceCRN: resourceCrn,
          eventAckData: {
            eventId: id,
            eventType: event.type,
            newKeyVersionId: event.key_version_id,
            ...(event.previous_key_version_id !== null && { oldKeyVersionId: event.previous_key_version_id }),
          },
        },
        correlationId: event.correlation_id,
      });
      return { records: [record] };
    },
  };
}
