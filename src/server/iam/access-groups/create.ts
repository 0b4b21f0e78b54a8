import { createAccessGroup } from '../../../contract/access-groups/create.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { type AccessGroupRow, findAccessGroupByName, insertAccessGroup } from '../../../store/iam/access-groups.ts';
import type { Tx } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import { firstTag } from '../entity-tag.ts';
import type { IamDeps } from '../iam-deps.ts';
import { ownAccount } from '../own-account.ts';
import { groupFacts, groupsTarget } from './find.ts';
import { presentGroup } from './present.ts';

export function createAccessGroupHandler(deps: IamDeps): Handler {
  return handle(createAccessGroup, {
    resolve(call) {
      const accountId = ownAccount(call.principal, call.input.query.account_id);
      return { target: { ...groupsTarget(accountId), name: call.input.body.name }, record: accountId };
    },
    async change({ input, principal, now }, accountId, tx) {
      const { name, description } = input.body;
      await refuseTakenName(tx, accountId, name);
      const row: AccessGroupRow = {
        id: `AccessGroupId-${deps.newId()}`,
        account_id: accountId,
        name,
        description: description || null,
        entity_tag: firstTag(deps),
        created_at: now,
        created_by: principal.iamId,
        modified_at: now,
        modified_by: principal.iamId,
      };
      await insertAccessGroup(tx, row);
      return { output: presentGroup(row, deps.origin()), headers: { ETag: row.entity_tag }, audit: groupFacts(row) };
    },
  });
}

/** Throws NAME_TAKEN if another group than `ownId` has the name. */
export async function refuseTakenName(tx: Tx, accountId: string, name: string, ownId?: string): Promise<void> {
  const other = await findAccessGroupByName(tx, accountId, name);
  if (!other || other.id === ownId) return;
  throw new RootwardError('NAME_TAKEN', {
    message: 'An access group of this name exists already.',
    target: { type: 'field', name: 'name' },
  });
}
