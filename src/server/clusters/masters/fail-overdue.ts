import { acknowledgeRecipient, listOverdueEvents } from '../../../store/lifecycle-events.ts';
import { CLUSTER_SERVICE } from '../cluster-identity.ts';
import type { ClusterDeps } from '../deps.ts';

const CLUSTERS = `crn:v1:bluemix:public:${CLUSTER_SERVICE}:`;

/** Records that clusters have not followed an event in time. They are still brought to what their key says. */
export async function failOverdue(deps: Pick<ClusterDeps, 'store' | 'now' | 'log'>): Promise<void> {
  const overdue = await listOverdueEvents(deps.store.db, CLUSTERS, deps.now());
  if (overdue.length === 0) return;
  await deps.store.change([], async (tx) => {
    for (const { event, resourceCrn } of overdue) {
      await acknowledgeRecipient(tx, event.id, resourceCrn, {
        acknowledged_at: null,
        adopter_key_state: null,
        outcome: 'failed',
      });
    }
  });
  for (const { event, resourceCrn } of overdue) {
    const facts = { eventId: event.id, eventType: event.type, keyId: event.key_id, resourceCrn };
    deps.log.warn(facts, 'a lifecycle event was not acknowledged in time');
  }
}
