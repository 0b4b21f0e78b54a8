import { RootwardError } from '../../../contract/errors.ts';
import { type AccessGroupRow, findAccessGroup } from '../../../store/iam/access-groups.ts';
import type { Db, Tx } from '../../../store/store.ts';
import type { Resolved } from '../../handler.ts';
import type { Target } from '../../target.ts';

const UNKNOWN = 'The access group does not exist.';

/** An access group, as a policy may name it. */
export function targetOfGroup(row: AccessGroupRow): Target {
  return { ...groupsTarget(row.account_id), resource: row.id, name: row.name };
}

/** The access groups of an account. */
export function groupsTarget(accountId: string): Target {
  return { serviceName: 'iam-groups', accountId, resourceType: 'group' };
}

export async function resolveGroup(db: Db, accountId: string, id: string): Promise<Resolved<AccessGroupRow>> {
  const row = await findAccessGroup(db, accountId, id);
  if (row) return { target: targetOfGroup(row), record: row };
  return { target: { ...groupsTarget(accountId), resource: id }, missing: groupUnknown() };
}

/** The group as it is in this transaction. Throws IAM_NOT_FOUND if it is gone by now. */
export async function currentGroup(tx: Tx, found: Pick<AccessGroupRow, 'account_id' | 'id'>): Promise<AccessGroupRow> {
  const row = await findAccessGroup(tx, found.account_id, found.id);
  if (!row) throw groupUnknown();
  return row;
}

export function groupUnknown(): RootwardError {
  return new RootwardError('IAM_NOT_FOUND', { message: UNKNOWN });
}

/** What the audit record says of a group. */
export function groupFacts(row: AccessGroupRow, members: readonly string[] = []) {
  return {
    requestData: { accountId: row.account_id, ...(members.length > 0 && { members }) },
    responseData: { groupId: row.id, groupName: row.name },
  };
}
