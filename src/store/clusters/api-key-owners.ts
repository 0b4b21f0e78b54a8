import type { Selectable } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { ApiKeyOwnersTable } from '../tables/clusters.ts';

export type ApiKeyOwnerRow = Selectable<ApiKeyOwnersTable>;

/** What has one API-key owner: a region of an account, in one resource group. */
export interface OwnerPlace {
  readonly accountId: string;
  readonly region: string;
  readonly resourceGroupId: string;
}

export function findApiKeyOwner(db: Db, place: OwnerPlace): Promise<ApiKeyOwnerRow | undefined> {
  return db
    .selectFrom('api_key_owners')
    .selectAll()
    .where('account_id', '=', place.accountId)
    .where('region', '=', place.region)
    .where('resource_group_id', '=', place.resourceGroupId)
    .executeTakeFirst();
}

/** The place that an API key was made for, if it was made for one. */
export function findPlaceOfKey(db: Db, accountId: string, apiKeyId: string): Promise<ApiKeyOwnerRow | undefined> {
  return db
    .selectFrom('api_key_owners')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('api_key_id', '=', apiKeyId)
    .executeTakeFirst();
}

/** Makes the row that of its place, instead of the one that was there. */
export async function putApiKeyOwner(tx: Tx, row: ApiKeyOwnerRow): Promise<void> {
  const { iam_id, api_key_id, set_at, set_by } = row;
  await tx
    .insertInto('api_key_owners')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'region', 'resource_group_id']).doUpdateSet({ iam_id, api_key_id, set_at, set_by }),
    )
    .execute();
}

/** Forgets who owned a resource group in any region, with the API keys that were made for it. */
export async function removeOwnersOfGroup(tx: Tx, accountId: string, resourceGroupId: string): Promise<void> {
  const ofGroup = tx
    .selectFrom('api_key_owners')
    .select('api_key_id')
    .where('account_id', '=', accountId)
    .where('resource_group_id', '=', resourceGroupId);
  await tx.deleteFrom('api_keys').where('account_id', '=', accountId).where('id', 'in', ofGroup).execute();
  await tx
    .deleteFrom('api_key_owners')
    .where('account_id', '=', accountId)
    .where('resource_group_id', '=', resourceGroupId)
    .execute();
}
