import { leaveAllGroups } from '../../../contract/access-groups/leave-all.ts';
import { deleteMembershipsOf, groupsOf } from '../../../store/iam/access-groups.ts';
import { type Handler, handle } from '../../handler.ts';
import { ownAccount } from '../own-account.ts';
import { groupsTarget } from './find.ts';
import { notMember } from './is-member.ts';

/** Takes one identity out of every group of the account. */
export function leaveAllGroupsHandler(): Handler {
  return handle(leaveAllGroups, {
    resolve(call) {
      const accountId = ownAccount(call.principal, call.input.query.account_id);
      return { target: { ...groupsTarget(accountId), whole: true }, record: accountId };
    },
    async change({ input, correlationId: trace }, accountId, tx) {
      const iamId = input.params.iam_id;
      const ids = await groupsOf(tx, accountId, iamId);
      if (ids.length === 0) throw notMember();
      await deleteMembershipsOf(tx, accountId, iamId);
      const groups = ids.map((id) => ({ access_group_id: id, status_code: 204, trace }));
      return { output: { iam_id: iamId, groups }, audit: { requestData: { accountId, iamId, groups: ids } } };
    },
  });
}
