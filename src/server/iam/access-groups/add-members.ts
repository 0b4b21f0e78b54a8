import { addMembers } from '../../../contract/access-groups/add-members.ts';
import type { MemberResult } from '../../../contract/access-groups/member.ts';
import { findMember, insertMember } from '../../../store/iam/access-groups.ts';
import { type Handler, handle } from '../../handler.ts';
import { formatInstant } from '../../instant.ts';
import type { IamDeps } from '../iam-deps.ts';
import { refuseBeyondRights } from '../policies/checks/within-rights.ts';
import { currentGroup, groupFacts, resolveGroup } from './find.ts';
import { failed, findIdentity, memberType } from './member.ts';

/** Whoever adds members, also himself, gives them all that the group may do; so he has to have it. */
export function addMembersHandler(deps: IamDeps): Handler {
  return handle(addMembers, {
    async resolve(call) {
      const { accountId } = call.principal;
      const found = await resolveGroup(deps.store.db, accountId, call.input.params.id);
      if (found.missing) return found;
      const { db } = deps.store;
      const missing = await refuseBeyondRights({ db, decide: deps.decide }, call.principal, accountId, found.record.id);
      return missing ? { target: found.target, missing } : found;
    },
    async change({ input, principal, now, correlationId: trace }, found, tx) {
      const group = await currentGroup(tx, found);
      const members: MemberResult[] = [];
      for (const { iam_id: iamId, type } of input.body.members) {
        const named = { iam_id: iamId, type };
        if (type !== memberType(iamId) || !(await findIdentity(tx, group.account_id, iamId))) {
          members.push({ ...named, ...failed(trace, 404, 'not_found', `The account has no ${type} ${iamId}.`) });
          continue;
        }
        const row = {
          group_id: group.id,
          iam_id: iamId,
          account_id: group.account_id,
          created_at: now,
          created_by: principal.iamId,
        };
        const kept = (await findMember(tx, group.id, iamId)) ?? row;
        await insertMember(tx, kept);
        const made = { created_at: formatInstant(kept.created_at), created_by_id: kept.created_by };
        members.push({ ...named, ...made, status_code: 200, trace });
      }
      const added = members.flatMap(({ iam_id, errors }) => (errors ? [] : [iam_id]));
      return { output: { members }, audit: groupFacts(group, added) };
    },
  });
}
