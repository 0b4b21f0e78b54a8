import { RootwardError } from '../../../contract/errors.ts';
import { type ApiKeyRow, changeApiKey, findApiKey } from '../../../store/iam/api-keys.ts';
import type { Tx } from '../../../store/store.ts';
import { nextTag } from '../entity-tag.ts';
import type { IdSource } from '../iam-deps.ts';
import { SERVICE_ID_PREFIX } from '../identity.ts';

/** The key as it is in this transaction: somebody else may have been faster between the look-up and now. Throws IAM_NOT_FOUND. */
export async function currentKey(tx: Tx, found: Pick<ApiKeyRow, 'account_id' | 'id'>): Promise<ApiKeyRow> {
  const row = await findApiKey(tx, found.account_id, found.id);
  if (!row) throw new RootwardError('IAM_NOT_FOUND', { message: 'The API key does not exist.' });
  return row;
}

export function refuseLockedKey(row: ApiKeyRow): void {
  if (row.locked === 0) return;
  throw new RootwardError('ENTITY_LOCKED', {
    message: `The API key ${row.id} is locked: it can be neither changed nor deleted.`,
    hint: `Unlock it first: rootward iam api-key-unlock ${row.id}`,
  });
}

/** Writes a changed key under its next entity tag, and gives it as it is then. */
export async function writeKey(
  tx: Tx,
  ids: Pick<IdSource, 'newId'>,
  row: ApiKeyRow,
  changes: Partial<ApiKeyRow>,
  now: number,
): Promise<ApiKeyRow> {
  const changed = { ...row, ...changes, entity_tag: nextTag(ids, row.entity_tag), modified_at: now };
  await changeApiKey(tx, changed);
  return changed;
}

/** The audit event of an API key is named by whose it is. */
export function keyEvent(iamId: string, verb: string): string {
  return `iam-identity.${iamId.startsWith(SERVICE_ID_PREFIX) ? 'serviceid' : 'user'}-apikey.${verb}`;
}

/** What the audit record says of a key. */
export function keyFacts(row: ApiKeyRow, verb: string) {
  return {
    action: keyEvent(row.iam_id, verb),
    requestData: { iamId: row.iam_id, accountId: row.account_id },
    responseData: { keyId: row.id, keyName: row.name },
  };
}
