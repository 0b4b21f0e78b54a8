import { deleteAccessGroup } from '../../../contract/access-groups/delete.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { countMembers, deleteAccessGroup as removeGroup } from '../../../store/iam/access-groups.ts';
import { deletePoliciesOf } from '../../../store/iam/policies.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { currentGroup, groupFacts, resolveGroup } from './find.ts';

/** Removes the group with its memberships and policies. */
export function deleteAccessGroupHandler(deps: IamDeps): Handler {
  return handle(deleteAccessGroup, {
    resolve: (call) => resolveGroup(deps.store.db, call.principal.accountId, call.input.params.id),
    async change({ input }, found, tx) {
      const row = await currentGroup(tx, found);
      if (input.query.force !== true && (await countMembers(tx, { groupId: row.id })) > 0) {
        throw new RootwardError('GROUP_HAS_MEMBERS', {
          hint: `rootward iam access-group-users ${row.id} lists users, access-group-service-ids service IDs.`,
        });
      }
      await removeGroup(tx, row.account_id, row.id);
      await deletePoliciesOf(tx, row.account_id, row.id);
      return { output: undefined, audit: groupFacts(row) };
    },
  });
}
