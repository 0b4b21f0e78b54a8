import type { Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { PeopleTable } from '../tables/iam.ts';

export type PersonRow = Selectable<PeopleTable>;

/** The realm of people who log in with a password here. */
export const LOCAL_REALM = 'IBMid';

export async function insertPerson(db: Db, row: PersonRow): Promise<void> {
  await db.insertInto('people').values(row).execute();
}

export function findPerson(db: Db, iamId: string): Promise<PersonRow | undefined> {
  return db.selectFrom('people').selectAll().where('iam_id', '=', iamId).executeTakeFirst();
}

/** `email` in lower case. */
export function findLocalPersonByEmail(db: Db, email: string): Promise<PersonRow | undefined> {
  return db
    .selectFrom('people')
    .selectAll()
    .where('email', '=', email)
    .where('realm', '=', LOCAL_REALM)
    .orderBy('iam_id')
    .executeTakeFirst();
}

export function findPersonBySubject(db: Db, realm: string, subject: string): Promise<PersonRow | undefined> {
  return db.selectFrom('people').selectAll().where('realm', '=', realm).where('subject', '=', subject).executeTakeFirst();
}

/** Sets a new password. */
export async function setPassword(db: Db, iamId: string, hash: string, now: number): Promise<void> {
  await db.updateTable('people').set({ password_hash: hash, password_set_at: now }).where('iam_id', '=', iamId).execute();
}

/** Takes a password away. Its person sets another one by an API key of his only account. */
export async function clearPassword(tx: Tx, iamId: string): Promise<void> {
  await tx.updateTable('people').set({ password_hash: null, password_set_at: null }).where('iam_id', '=', iamId).execute();
}

/** The same password in another hash, unless somebody has set another one meanwhile. */
export async function replacePasswordHash(db: Db, iamId: string, before: string, hash: string): Promise<void> {
  await db
    .updateTable('people')
    .set({ password_hash: hash })
    .where('iam_id', '=', iamId)
    .where('password_hash', '=', before)
    .execute();
}

/** Whoever knew the old password may be logged in: ends every session of a person, in all accounts, but the one that sets the new one. */
export async function endOtherSessions(tx: Tx, iamId: string, kept: string | undefined, now: number): Promise<void> {
  let query = tx
    .updateTable('sessions')
    .set({ ended_at: now, expires_at: now })
    .where('iam_id', '=', iamId)
    .where('ended_at', 'is', null);
  if (kept !== undefined) query = query.where('id', '!=', kept);
  await query.execute();
  await tx.deleteFrom('passcodes').where('iam_id', '=', iamId).execute();
}

export async function namePerson(tx: Tx, iamId: string, name: string): Promise<void> {
  await tx.updateTable('people').set({ name }).where('iam_id', '=', iamId).execute();
}
