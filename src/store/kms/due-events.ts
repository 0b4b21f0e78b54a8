import type { Db, Tx } from '../store.ts';
import type { DuePage } from './due-keys.ts';

/** A recipient whose time to follow an event is over. */
export interface OverdueRecipient {
  readonly dueAt: number;
  /** The event's. */
  readonly id: string;
  readonly resourceCrn: string;
}

export async function overdueRecipients(
  db: Db,
  { before, after, limit }: DuePage<OverdueRecipient>,
): Promise<OverdueRecipient[]> {
  let query = db
    .selectFrom('event_recipients')
    .select(['deadline_at as dueAt', 'event_id as id', 'resource_crn as resourceCrn'])
    .where('outcome', '=', 'pending')
    .where('deadline_at', '<=', before);
  if (after)
    query = query.where((eb) =>
      eb(eb.refTuple('deadline_at', 'event_id', 'resource_crn'), '>', eb.tuple(after.dueAt, after.id, after.resourceCrn)),
    );
  return await query.orderBy('deadline_at').orderBy('event_id').orderBy('resource_crn').limit(limit).execute();
}

export async function nextDeadline(db: Db): Promise<number | undefined> {
  const row = await db
    .selectFrom('event_recipients')
    .select('deadline_at')
    .where('outcome', '=', 'pending')
    .orderBy('deadline_at')
    .limit(1)
    .executeTakeFirst();
  return row?.deadline_at;
}

/** An event that nobody waits for any more. */
export interface OldEvent {
  readonly dueAt: number;
  readonly id: string;
  readonly sequence: number;
}

/** Events of at or before an instant that every recipient has followed or failed to follow, oldest first. */
export async function settledEvents(db: Db, { before, after, limit }: DuePage<OldEvent>): Promise<OldEvent[]> {
  let query = db
    .selectFrom('lifecycle_events')
    .select(['id', 'created_at as dueAt', 'sequence'])
    .where('created_at', '<=', before)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('event_recipients')
            .select('event_id')
            .whereRef('event_recipients.event_id', '=', 'lifecycle_events.id')
            .where('outcome', '=', 'pending'),
        ),
      ),
    );
  if (after) query = query.where('sequence', '>', after.sequence);
  return await query.orderBy('sequence').limit(limit).execute();
}

/** When the oldest event was. */
export async function firstEvent(db: Db): Promise<number | undefined> {
  const row = await db.selectFrom('lifecycle_events').select('created_at').orderBy('sequence').limit(1).executeTakeFirst();
  return row?.created_at;
}

export async function deleteEvent(tx: Tx, eventId: string): Promise<void> {
  await tx.deleteFrom('event_recipients').where('event_id', '=', eventId).execute();
  await tx.deleteFrom('lifecycle_events').where('id', '=', eventId).execute();
}
