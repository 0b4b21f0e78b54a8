import type { Selectable } from 'kysely';
import type { DuePage } from '../kms/due-keys.ts';
import type { Db, Tx } from '../store.ts';
import type { SigningKeysTable } from '../tables/iam.ts';

export type SigningKeyRow = Selectable<SigningKeysTable>;

export async function insertSigningKey(db: Db, row: SigningKeyRow): Promise<void> {
  await db.insertInto('signing_keys').values(row).execute();
}

/** Newest first, with those that have retired. */
export function listSigningKeys(db: Db): Promise<SigningKeyRow[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('created_at', 'desc').orderBy('kid').execute();
}

/** From now on this key signs. False: it signed already. */
export async function activateSigningKey(tx: Tx, kid: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('signing_keys')
    .set({ activated_at: now })
    .where('kid', '=', kid)
    .where('activated_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** From now on this key only verifies, and its private half is gone. */
export async function retireSigningKey(tx: Tx, kid: string, now: number): Promise<void> {
  await tx
    .updateTable('signing_keys')
    .set({ retired_at: now, sealed_private_key: new Uint8Array(0) })
    .where('kid', '=', kid)
    .where('retired_at', 'is', null)
    .execute();
}

/** Drops the keys that retired at or before an instant. */
export async function deleteRetiredSigningKey(tx: Tx, kid: string, before: number): Promise<void> {
  await tx.deleteFrom('signing_keys').where('kid', '=', kid).where('retired_at', '<=', before).execute();
}

export interface DueSigningKey {
  /** When it began to sign, or retired. */
  readonly dueAt: number;
  readonly id: string;
}

/** The key that signs, if it began to at or before an instant. */
export async function signingSince(db: Db, { before, after }: DuePage<DueSigningKey>): Promise<DueSigningKey[]> {
  const row = await db
    .selectFrom('signing_keys')
    .select('kid as id')
    .select((eb) => eb.ref('activated_at').$notNull().as('dueAt'))
    .where('activated_at', '<=', before)
    .where('retired_at', 'is', null)
    .orderBy('activated_at', 'desc')
    .executeTakeFirst();
  return row && !after ? [row] : [];
}

/** Keys that retired at or before an instant. There are never many. */
export async function signingKeysRetired(db: Db, { before, after }: DuePage<DueSigningKey>): Promise<DueSigningKey[]> {
  if (after) return [];
  return await db
    .selectFrom('signing_keys')
    .select('kid as id')
    .select((eb) => eb.ref('retired_at').$notNull().as('dueAt'))
    .where('retired_at', '<=', before)
    .orderBy('retired_at')
    .execute();
}

export async function firstRetirement(db: Db): Promise<number | undefined> {
  const row = await db
    .selectFrom('signing_keys')
    .select('retired_at')
    .where('retired_at', 'is not', null)
    .orderBy('retired_at')
    .executeTakeFirst();
  return row?.retired_at ?? undefined;
}
