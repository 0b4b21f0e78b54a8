import { findPlaceOfKey } from '../../store/clusters/api-key-owners.ts';
import { type ApiKeyRow, deleteApiKey, listApiKeys } from '../../store/iam/api-keys.ts';
import type { UserRow } from '../../store/iam/users.ts';
import type { Tx } from '../../store/store.ts';
import { resetCommand } from '../clusters/api-key-owners/place.ts';

/** Keys that are looked at in one go. */
const PAGE = 100;

/** An API key that a user had before he was let in again. */
export interface EarlierKey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  /** Deleted: it logs nobody in any more. The others do; locked until its owner unlocks it, in use because clusters act by it. */
  readonly state: 'deleted' | 'locked' | 'in-use' | 'kept';
  /** Of a key in use: the command that puts a new one in its place. */
  readonly replacedBy?: string;
}

/**
 * The API keys of a user that count, by name; with `revoke` they are deleted, but for locked ones and those by which clusters act for
 * him: without these the clusters would stop.
 */
export async function earlierKeys(tx: Tx, { account_id, iam_id }: UserRow, revoke: boolean, now: number): Promise<EarlierKey[]> {
  const keys: EarlierKey[] = [];
  const page = { accountId: account_id, iamId: iam_id, sort: 'name', descending: false, backwards: false, limit: PAGE } as const;
  let rows = await listApiKeys(tx, page);
  while (rows.length > 0) {
    for (const row of rows.filter((key) => counts(key, now))) {
      const { id, name, created_at } = row;
      keys.push({ id, name, createdAt: created_at, ...(await endOf(tx, row, revoke)) });
    }
    const last = rows.at(-1);
    rows = last ? await listApiKeys(tx, { ...page, from: { value: last.name, id: last.id } }) : [];
  }
  return keys;
}

function counts({ disabled, expires_at }: ApiKeyRow, now: number): boolean {
  return disabled === 0 && (expires_at === null || expires_at > now);
}

async function endOf(tx: Tx, row: ApiKeyRow, revoke: boolean): Promise<Pick<EarlierKey, 'state' | 'replacedBy'>> {
  const place = await findPlaceOfKey(tx, row.account_id, row.id);
  if (place) {
    const { account_id: accountId, region, resource_group_id: resourceGroupId } = place;
    return { state: 'in-use', replacedBy: resetCommand({ accountId, region, resourceGroupId }) };
  }
  if (!revoke) return { state: 'kept' };
  if (row.locked !== 0) return { state: 'locked' };
  await deleteApiKey(tx, row.account_id, row.id);
  return { state: 'deleted' };
}
