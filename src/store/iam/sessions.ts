import type { Selectable } from 'kysely';
import type { DuePage } from '../kms/due-keys.ts';
import type { Db, Tx } from '../store.ts';
import type { SessionsTable } from '../tables/iam.ts';

export type SessionRow = Selectable<SessionsTable>;

export async function insertSession(tx: Tx, row: SessionRow): Promise<void> {
  await tx.insertInto('sessions').values(row).execute();
}

/** By its id, which is all that a refresh token tells; it is never taken from a request without a MAC. */
export function findSession(db: Db, id: string): Promise<SessionRow | undefined> {
  return db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Uses up the refresh token of number `from`. False: it was used up meanwhile, or the session has ended. */
export async function advanceSession(tx: Tx, id: string, from: number, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('sessions')
    .set({ refreshes: from + 1, refreshed_at: now })
    .where('id', '=', id)
    .where('refreshes', '=', from)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** False: it has ended already. */
export async function endSession(tx: Tx, id: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('sessions')
    .set({ ended_at: now, expires_at: now })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Ends every session that an identity has in an account. */
export async function endSessionsOf(tx: Tx, accountId: string, iamId: string, now: number): Promise<void> {
  await tx
    .updateTable('sessions')
    .set({ ended_at: now, expires_at: now })
    .where('account_id', '=', accountId)
    .where('iam_id', '=', iamId)
    .where('ended_at', 'is', null)
    .execute();
}

export interface WhoseSessions {
  readonly accountId: string;
  readonly iamId: string;
  readonly now: number;
}

/** How many sessions of an identity neither ended nor expired. */
export async function countLiveSessions(db: Db, whose: WhoseSessions): Promise<number> {
  const counted = liveSessions(db, whose).select((eb) => eb.fn.countAll<number>().as('total'));
  return Number((await counted.executeTakeFirstOrThrow()).total);
}

/** Ends the sessions of an identity but for the `kept` that were begun or refreshed last. */
export async function endOldestSessions(tx: Tx, whose: WhoseSessions, kept: number): Promise<void> {
  const { now } = whose;
  const newest = liveSessions(tx, whose).select('id').orderBy('refreshed_at', 'desc').orderBy('id').limit(kept);
  await tx
    .updateTable('sessions')
    .set({ ended_at: now, expires_at: now })
    .where('account_id', '=', whose.accountId)
    .where('iam_id', '=', whose.iamId)
    .where('ended_at', 'is', null)
    .where('id', 'not in', newest)
    .execute();
}

function liveSessions(db: Db, { accountId, iamId, now }: WhoseSessions) {
  return db
    .selectFrom('sessions')
    .where('account_id', '=', accountId)
    .where('iam_id', '=', iamId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now);
}

/** Ends every session that was begun with an API key, and what would begin another. */
export async function endSessionsOfKey(tx: Tx, accountId: string, apiKeyId: string, now: number): Promise<void> {
  await tx
    .updateTable('sessions')
    .set({ ended_at: now, expires_at: now })
    .where('account_id', '=', accountId)
    .where('api_key_id', '=', apiKeyId)
    .where('ended_at', 'is', null)
    .execute();
  await tx.deleteFrom('passcodes').where('account_id', '=', accountId).where('api_key_id', '=', apiKeyId).execute();
}

export interface SessionOver {
  readonly dueAt: number;
  readonly id: string;
}

/** Sessions that ended or expired at or before an instant, oldest first. */
export async function sessionsOver(db: Db, { before, after, limit }: DuePage<SessionOver>): Promise<SessionOver[]> {
  let query = db.selectFrom('sessions').select(['expires_at as dueAt', 'id']).where('expires_at', '<=', before);
  if (after) query = query.where((eb) => eb(eb.refTuple('expires_at', 'id'), '>', eb.tuple(after.dueAt, after.id)));
  return await query.orderBy('expires_at').orderBy('id').limit(limit).execute();
}

export async function firstSessionEnd(db: Db): Promise<number | undefined> {
  const row = await db.selectFrom('sessions').select('expires_at').orderBy('expires_at').limit(1).executeTakeFirst();
  return row?.expires_at;
}

export async function deleteSession(tx: Tx, id: string, before: number): Promise<void> {
  await tx.deleteFrom('sessions').where('id', '=', id).where('expires_at', '<=', before).execute();
}
