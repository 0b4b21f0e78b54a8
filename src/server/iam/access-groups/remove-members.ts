import type { MemberResult } from '../../../contract/access-groups/member.ts';
import { removeMember } from '../../../contract/access-groups/remove-member.ts';
import { removeMembers } from '../../../contract/access-groups/remove-members.ts';
import { deleteMember } from '../../../store/iam/access-groups.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { currentGroup, groupFacts, resolveGroup } from './find.ts';
import { notMember } from './is-member.ts';
import { failed } from './member.ts';

export function removeMemberHandler(deps: IamDeps): Handler {
  return handle(removeMember, {
    resolve: (call) => resolveGroup(deps.store.db, call.principal.accountId, call.input.params.id),
    async change({ input }, found, tx) {
      const group = await currentGroup(tx, found);
      if (!(await deleteMember(tx, group.id, input.params.iam_id))) throw notMember();
      return { output: undefined, audit: groupFacts(group, [input.params.iam_id]) };
    },
  });
}

export function removeMembersHandler(deps: IamDeps): Handler {
  return handle(removeMembers, {
    resolve: (call) => resolveGroup(deps.store.db, call.principal.accountId, call.input.params.id),
    async change({ input, correlationId: trace }, found, tx) {
      const group = await currentGroup(tx, found);
      const members: MemberResult[] = [];
      for (const iamId of input.body.members) {
        const isGone = await deleteMember(tx, group.id, iamId);
        const each = isGone ? { status_code: 204, trace } : failed(trace, 404, 'not_found', notMember().message);
        members.push({ iam_id: iamId, ...each });
      }
      const removed = members.flatMap(({ iam_id, errors }) => (errors ? [] : [iam_id]));
      return { output: { access_group_id: group.id, members }, audit: groupFacts(group, removed) };
    },
  });
}
