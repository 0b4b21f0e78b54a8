import type { Selectable } from 'kysely';
import type { Db, Tx } from './store.ts';
import type { KeysTable, KeyVersionsTable } from './tables.ts';

export type KeyRow = Selectable<KeysTable>;
export type KeyVersionRow = Selectable<KeyVersionsTable>;

/** One key of an instance, or undefined. Always by instance: a key id alone finds nothing. */
export function findKey(db: Db | Tx, instanceId: string, keyId: string): Promise<KeyRow | undefined> {
  return db.selectFrom('keys').selectAll().where('instance_id', '=', instanceId).where('id', '=', keyId).executeTakeFirst();
}

export interface KeyFilter {
  readonly instanceId: string;
  readonly states: readonly KeyRow['state'][];
  readonly extractable?: boolean | undefined;
  /** Now, for keys whose expiry has come but is not written yet: their state is what it will be. */
  readonly now: number;
}

/** A page of an instance's keys by id, so that pages neither skip nor repeat. */
export function listKeys(db: Db | Tx, filter: KeyFilter, page: { limit: number; offset: number }): Promise<KeyRow[]> {
  return filtered(db, filter).selectAll().orderBy('id').limit(page.limit).offset(page.offset).execute();
}

export async function countKeys(db: Db | Tx, filter: KeyFilter): Promise<number> {
  const row = await filtered(db, filter)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return Number(row.total);
}

function filtered(db: Db | Tx, { instanceId, states, extractable, now }: KeyFilter) {
  const stored = states.filter((state) => state !== 3);
  let query = db
    .selectFrom('keys')
    .where('instance_id', '=', instanceId)
    .where((eb) => {
      const expired = eb.and([eb('expires_at', '<=', now), eb('state', 'in', [1, 2])]);
      const alternatives = [
        eb.and([
          eb('state', 'in', stored.length ? stored : [-1 as never]),
          eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now), eb('state', 'in', [3, 5])]),
        ]),
      ];
      if (states.includes(3)) alternatives.push(eb('state', '=', 3), expired);
      return eb.or(alternatives);
    });
  if (extractable !== undefined) query = query.where('extractable', '=', extractable ? 1 : 0);
  return query;
}

export async function insertKey(tx: Tx, row: KeyRow, version: KeyVersionRow): Promise<void> {
  await tx.insertInto('keys').values(row).execute();
  await tx.insertInto('key_versions').values(version).execute();
}

export async function updateKey(tx: Tx, instanceId: string, keyId: string, change: Partial<KeyRow>): Promise<void> {
  await tx.updateTable('keys').set(change).where('instance_id', '=', instanceId).where('id', '=', keyId).execute();
}

export async function insertKeyVersion(tx: Tx, version: KeyVersionRow): Promise<void> {
  await tx.insertInto('key_versions').values(version).execute();
}

export function findKeyVersion(db: Db | Tx, keyId: string, versionId: string): Promise<KeyVersionRow | undefined> {
  return db.selectFrom('key_versions').selectAll().where('key_id', '=', keyId).where('id', '=', versionId).executeTakeFirst();
}

/** Versions of a key, newest first. */
export function listKeyVersions(db: Db | Tx, keyId: string, page: { limit: number; offset: number }): Promise<KeyVersionRow[]> {
  return db
    .selectFrom('key_versions')
    .selectAll()
    .where('key_id', '=', keyId)
    .orderBy('number', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

export async function countKeyVersions(db: Db | Tx, keyId: string): Promise<number> {
  const row = await db
    .selectFrom('key_versions')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('key_id', '=', keyId)
    .executeTakeFirstOrThrow();
  return Number(row.total);
}
