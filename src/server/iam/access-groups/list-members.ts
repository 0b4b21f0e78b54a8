import { listMembers } from '../../../contract/access-groups/list-members.ts';
import type { Member, MemberType } from '../../../contract/access-groups/member.ts';
import { countMembers, listMembers as readMembers } from '../../../store/iam/access-groups.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { resolveGroup } from './find.ts';
import { findIdentity, PROFILE_MEMBERS, PROGRAM_MEMBERS, presentMember, SERVICE_MEMBERS } from './member.ts';
import { offsetPage, offsetPlaces } from './offset-page.ts';

const OF_TYPE: Readonly<Record<MemberType, { readonly prefix?: string; readonly notPrefix?: string }>> = {
  user: { notPrefix: PROGRAM_MEMBERS },
  service: { prefix: SERVICE_MEMBERS },
  profile: { prefix: PROFILE_MEMBERS },
};

export function listMembersHandler(deps: IamDeps): Handler {
  return handle(listMembers, {
    resolve: (call) => resolveGroup(deps.store.db, call.principal.accountId, call.input.params.id),
    async run({ input: { query } }, group) {
      const { db } = deps.store;
      const wanted = { groupId: group.id, ...(query.type && OF_TYPE[query.type]), descending: query.sort === '-id' };
      // Nobody is a member by a rule here.
      const total = query.membership_type === 'dynamic' ? 0 : await countMembers(db, wanted);
      const rows = total === 0 ? [] : await readMembers(db, { ...wanted, ...offsetPage(query) });
      const members: Member[] = [];
      for (const row of rows) {
        const identity = query.verbose === true ? await findIdentity(db, group.account_id, row.iam_id) : undefined;
        members.push(presentMember(row, deps.origin(), identity));
      }
      const url = new URL(`/v2/groups/${group.id}/members`, deps.origin());
      return { output: { ...offsetPlaces(url, query, total), members } };
    },
  });
}
