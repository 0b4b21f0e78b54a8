import { RootwardError } from '../../../contract/errors.ts';
import { changeServiceId, findServiceId, type ServiceIdRow } from '../../../store/iam/service-ids.ts';
import type { Tx } from '../../../store/store.ts';
import { nextTag } from '../entity-tag.ts';
import type { IdSource } from '../iam-deps.ts';

/** The service ID as it is in this transaction. Throws IAM_NOT_FOUND if it is gone by now. */
export async function currentServiceId(tx: Tx, found: Pick<ServiceIdRow, 'account_id' | 'id'>): Promise<ServiceIdRow> {
  const row = await findServiceId(tx, found.account_id, found.id);
  if (!row) throw new RootwardError('IAM_NOT_FOUND', { message: 'The service ID does not exist.' });
  return row;
}

export function refuseLockedServiceId(row: ServiceIdRow): void {
  if (row.locked === 0) return;
  throw new RootwardError('ENTITY_LOCKED', {
    message: `The service ID ${row.id} is locked: it can be neither changed nor deleted.`,
    hint: `Unlock it first: rootward iam service-id-unlock ${row.id}`,
  });
}

/** Writes a changed service ID under its next entity tag, and gives it as it is then. */
export async function writeServiceId(
  tx: Tx,
  ids: Pick<IdSource, 'newId'>,
  row: ServiceIdRow,
  changes: Partial<ServiceIdRow>,
  now: number,
): Promise<ServiceIdRow> {
  const changed = { ...row, ...changes, entity_tag: nextTag(ids, row.entity_tag), modified_at: now };
  await changeServiceId(tx, changed);
  return changed;
}

/** What the audit record says of a service ID. `instances`: the CRNs as which it may act from now on, where that was said. */
export function serviceIdFacts(row: ServiceIdRow, instances?: readonly string[]) {
  return {
    requestData: { accountId: row.account_id, ...(instances && { instances }) },
    responseData: { serviceId: row.id, serviceIdName: row.name },
  };
}
