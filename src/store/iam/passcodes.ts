import type { Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { PasscodesTable } from '../tables/iam.ts';

export type PasscodeRow = Selectable<PasscodesTable>;

export async function insertPasscode(tx: Tx, row: PasscodeRow): Promise<void> {
  await tx.insertInto('passcodes').values(row).execute();
}

export function findPasscode(db: Db, codeHash: Uint8Array): Promise<PasscodeRow | undefined> {
  return db.selectFrom('passcodes').selectAll().where('code_hash', '=', codeHash).executeTakeFirst();
}

/** Takes the passcode with this hash away, so that it is found once. Whether it is still good is the caller's to see. */
export function takePasscode(tx: Tx, codeHash: Uint8Array): Promise<PasscodeRow | undefined> {
  return tx.deleteFrom('passcodes').where('code_hash', '=', codeHash).returningAll().executeTakeFirst();
}

export async function dropOldPasscodes(tx: Tx, now: number): Promise<void> {
  await tx.deleteFrom('passcodes').where('expires_at', '<=', now).execute();
}

export async function firstPasscodeExpiry(db: Db): Promise<number | undefined> {
  const row = await db.selectFrom('passcodes').select('expires_at').orderBy('expires_at').limit(1).executeTakeFirst();
  return row?.expires_at;
}
