import { joinGroups } from '../../../contract/access-groups/join-many.ts';
import type { GroupResult } from '../../../contract/access-groups/member.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findAccessGroup, insertMember } from '../../../store/iam/access-groups.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { ownAccount } from '../own-account.ts';
import { refuseBeyondRights } from '../policies/checks/within-rights.ts';
import { groupsTarget } from './find.ts';
import { failed, findIdentity, memberType } from './member.ts';

/** Adds one identity to several groups. Each group is judged by itself: the caller needs all that it may do. */
export function joinGroupsHandler(deps: IamDeps): Handler {
  const { db } = deps.store;
  return handle(joinGroups, {
    async resolve(call) {
      const { params, query, body } = call.input;
      const accountId = ownAccount(call.principal, query.account_id);
      const target = { ...groupsTarget(accountId), whole: true } as const;
      const isOther = body.type !== undefined && body.type !== memberType(params.iam_id);
      if (isOther || !(await findIdentity(db, accountId, params.iam_id))) {
        const missing = new RootwardError('IAM_NOT_FOUND', { message: 'The account has no such user, service ID or profile.' });
        return { target, missing };
      }
      const refused = new Map<string, string>();
      for (const id of body.groups) {
        const refusal = await refuseBeyondRights({ db, decide: deps.decide }, call.principal, accountId, id);
        if (refusal) refused.set(id, refusal.message);
      }
      return { target, record: { accountId, refused } };
    },
    async change({ input, principal, now, correlationId: trace }, { accountId, refused }, tx) {
      const iamId = input.params.iam_id;
      const groups: GroupResult[] = [];
      for (const id of input.body.groups) {
        const refusal = refused.get(id);
        if (!(await findAccessGroup(tx, accountId, id))) {
          groups.push({ access_group_id: id, ...failed(trace, 404, 'not_found', 'The access group does not exist.') });
        } else if (refusal !== undefined) {
          groups.push({ access_group_id: id, ...failed(trace, 403, 'action_denied', refusal) });
        } else {
          await insertMember(tx, {
            group_id: id,
            iam_id: iamId,
            account_id: accountId,
            created_at: now,
            created_by: principal.iamId,
          });
          groups.push({ access_group_id: id, status_code: 200, trace });
        }
      }
      const joined = groups.flatMap(({ access_group_id, errors }) => (errors ? [] : [access_group_id]));
      return { output: { iam_id: iamId, groups }, audit: { requestData: { accountId, iamId, groups: joined } } };
    },
  });
}
