import type { Insertable, Selectable } from 'kysely';
import type { Db } from '../store.ts';
import type { ApiKeysTable } from '../tables/iam.ts';
import { inOrder, type RowPage } from './row-page.ts';

export type ApiKeyRow = Selectable<ApiKeysTable>;

export async function insertApiKey(db: Db, row: Insertable<ApiKeysTable>): Promise<void> {
  await db.insertInto('api_keys').values(row).execute();
}

/**
 * By the keyed hash of the secret: the one look-up that cannot name an account, because the secret is all that is known. A secret from
 * before a rotation counts until its time is over.
 */
export async function findApiKeyByHash(db: Db, secretHash: Uint8Array, now: number): Promise<ApiKeyRow | undefined> {
  const current = await db.selectFrom('api_keys').selectAll().where('secret_hash', '=', secretHash).executeTakeFirst();
  if (current) return current;
  return db
    .selectFrom('api_keys')
    .selectAll()
    .where('previous_secret_hash', '=', secretHash)
    .where('previous_until', '>', now)
    .executeTakeFirst();
}

export function findApiKey(db: Db, accountId: string, id: string): Promise<ApiKeyRow | undefined> {
  return db.selectFrom('api_keys').selectAll().where('account_id', '=', accountId).where('id', '=', id).executeTakeFirst();
}

export interface ApiKeyPage extends RowPage {
  readonly accountId: string;
  readonly iamId?: string | undefined;
  readonly kind?: 'user' | 'serviceid' | undefined;
}

/** Keys of people and service IDs. Those of clusters belong to their control planes and are not listed. */
export function listApiKeys(db: Db, page: ApiKeyPage): Promise<ApiKeyRow[]> {
  let query = db.selectFrom('api_keys').selectAll().where('account_id', '=', page.accountId).where('purpose', 'is', null);
  if (page.iamId !== undefined) query = query.where('iam_id', '=', page.iamId);
  // Every text that begins with the prefix is between these two.
  if (page.kind === 'serviceid') query = query.where('iam_id', '>=', 'iam-ServiceId-').where('iam_id', '<', 'iam-ServiceId.');
  if (page.kind === 'user') {
    query = query.where((eb) => eb.or([eb('iam_id', '<', 'iam-ServiceId-'), eb('iam_id', '>=', 'iam-ServiceId.')]));
  }
  return inOrder(query, page).execute();
}

/** Writes all that can change of a key. */
export async function changeApiKey(db: Db, row: ApiKeyRow): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({
      name: row.name,
      description: row.description,
      secret_hash: row.secret_hash,
      previous_secret_hash: row.previous_secret_hash,
      previous_until: row.previous_until,
      secret_epoch: row.secret_epoch,
      entity_tag: row.entity_tag,
      locked: row.locked,
      disabled: row.disabled,
      expires_at: row.expires_at,
      modified_at: row.modified_at,
    })
    .where('account_id', '=', row.account_id)
    .where('id', '=', row.id)
    .execute();
}

/** A locked key of an identity, if it has one. */
export function findLockedKeyOf(db: Db, accountId: string, iamId: string): Promise<ApiKeyRow | undefined> {
  return db
    .selectFrom('api_keys')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('iam_id', '=', iamId)
    .where('locked', '=', 1)
    .limit(1)
    .executeTakeFirst();
}

export async function deleteApiKey(db: Db, accountId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('api_keys')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Every key of one identity; `iamId` names its account by itself (service IDs and clusters have unique identities). */
export async function deleteApiKeysOf(db: Db, accountId: string, iamId: string): Promise<void> {
  await db.deleteFrom('api_keys').where('account_id', '=', accountId).where('iam_id', '=', iamId).execute();
}
