import type { Insertable, Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { EventRecipientsTable, LifecycleEventsTable } from '../tables/kms.ts';

export type LifecycleEventRow = Selectable<LifecycleEventsTable>;
export type EventRecipientRow = Selectable<EventRecipientsTable>;

/** Writes an event and, fixed for good, who is to hear of it. */
export async function insertLifecycleEvent(
  tx: Tx,
  event: Insertable<LifecycleEventsTable>,
  recipients: readonly string[],
  deadlineAt: number,
): Promise<void> {
  await tx.insertInto('lifecycle_events').values(event).execute();
  for (const resource of recipients) {
    await tx
      .insertInto('event_recipients')
      .values({
        event_id: event.id,
        resource_crn: resource,
        deadline_at: deadlineAt,
        acknowledged_at: null,
        adopter_key_state: null,
        outcome: 'pending',
      })
      .execute();
  }
}

export interface PendingEvent {
  readonly event: LifecycleEventRow;
  readonly resourceCrn: string;
}

/** Events that recipients whose CRN starts with `crnPrefix` have not acknowledged, oldest first; of one event by CRN. */
export async function listPendingEvents(db: Db | Tx, crnPrefix: string, limit: number): Promise<PendingEvent[]> {
  const rows = await pendingOf(db, crnPrefix)
    .orderBy('lifecycle_events.sequence')
    .orderBy('event_recipients.resource_crn')
    .limit(limit)
    .execute();
  return rows.map(({ resource_crn, ...event }) => ({ event, resourceCrn: resource_crn }));
}

/** Waits no longer for a recipient that is no more. */
export async function closeRecipient(tx: Tx, resourceCrn: string): Promise<void> {
  await tx
    .updateTable('event_recipients')
    .set({ outcome: 'closed' })
    .where('resource_crn', '=', resourceCrn)
    .where('outcome', '=', 'pending')
    .execute();
}

/** Waits for nobody any more to follow this key: it is no more. */
export async function closeRecipientsOfKey(tx: Tx, keyId: string): Promise<void> {
  await tx
    .updateTable('event_recipients')
    .set({ outcome: 'closed' })
    .where('outcome', '=', 'pending')
    .where('event_id', 'in', (eb) => eb.selectFrom('lifecycle_events').select('id').where('key_id', '=', keyId))
    .execute();
}

/** The newest event of a key, of whatever type. */
export function latestEventOfKey(db: Db | Tx, keyId: string): Promise<LifecycleEventRow | undefined> {
  return db
    .selectFrom('lifecycle_events')
    .selectAll()
    .where('key_id', '=', keyId)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
}

function pendingOf(db: Db | Tx, crnPrefix: string) {
  return db
    .selectFrom('event_recipients')
    .innerJoin('lifecycle_events', 'lifecycle_events.id', 'event_recipients.event_id')
    .selectAll('lifecycle_events')
    .select('event_recipients.resource_crn')
    .where('event_recipients.outcome', '=', 'pending')
    .where('event_recipients.resource_crn', '>=', crnPrefix)
    .where('event_recipients.resource_crn', '<', `${crnPrefix}\uffff`);
}

export function findEvent(db: Db | Tx, eventId: string): Promise<LifecycleEventRow | undefined> {
  return db.selectFrom('lifecycle_events').selectAll().where('id', '=', eventId).executeTakeFirst();
}

export function findRecipient(db: Db | Tx, eventId: string, resourceCrn: string): Promise<EventRecipientRow | undefined> {
  return db
    .selectFrom('event_recipients')
    .selectAll()
    .where('event_id', '=', eventId)
    .where('resource_crn', '=', resourceCrn)
    .executeTakeFirst();
}

export async function acknowledgeRecipient(
  tx: Tx,
  eventId: string,
  resourceCrn: string,
  change: Pick<EventRecipientRow, 'acknowledged_at' | 'adopter_key_state' | 'outcome'>,
): Promise<void> {
  await tx
    .updateTable('event_recipients')
    .set(change)
    .where('event_id', '=', eventId)
    .where('resource_crn', '=', resourceCrn)
    .execute();
}
