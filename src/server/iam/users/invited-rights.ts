import { RootwardError } from '../../../contract/errors.ts';
import type { InvitedPolicy } from '../../../contract/users/invite.ts';
import { findAccessGroup, insertMember } from '../../../store/iam/access-groups.ts';
import type { Tx } from '../../../store/store.ts';
import type { Principal } from '../../principal.ts';
import { targetOfGroup } from '../access-groups/find.ts';
import type { IamDeps } from '../iam-deps.ts';
import { type CheckedPolicy, checkPolicy } from '../policies/checks/check-policy.ts';
import { refuseEscalation } from '../policies/checks/escalation.ts';
import { refuseBeyondRights } from '../policies/checks/within-rights.ts';
import { insertNewPolicy } from '../policies/new-policy.ts';
import { mayOnPolicy } from '../policies/target.ts';
import { fromV1 } from '../policies/wire/request-v1.ts';

/** What somebody is given with an invitation, as soon as it is known who he is. */
export interface InvitedRights {
  readonly policies: readonly CheckedPolicy[];
  readonly groups: readonly string[];
}

export interface WantedRights {
  readonly iam_policy?: readonly InvitedPolicy[];
  readonly access_groups?: readonly string[];
}

/** In place of who is invited, until that is known. */
const SOMEBODY = 'iam-Invited';

/**
 * What an invitation is to give, if its inviter may give that: he has to be allowed to make such policies and to add to the groups,
 * and has every right himself that they carry. Else the error to answer with.
 */
export async function invitedRights(
  deps: IamDeps,
  principal: Principal,
  { iam_policy = [], access_groups = [] }: WantedRights,
): Promise<InvitedRights | RootwardError> {
  const policies: CheckedPolicy[] = [];
  for (const wanted of iam_policy) {
    const checked = checkPolicy(fromV1(requestOf(wanted, principal.accountId)), principal.accountId);
    if (!(await mayOnPolicy(deps.decide, principal, 'iam.policy.create', checked.document))) {
      return new RootwardError('ACTION_DENIED', { message: 'You are not allowed to create the policies of this invitation.' });
    }
    const refusal = await refuseEscalation(deps.decide, principal, checked.document);
    if (refusal) return refusal;
    policies.push(checked);
  }
  const groups = [...new Set(access_groups)];
  for (const id of groups) {
    const refusal = await refuseGroup(deps, principal, id);
    if (refusal) return refusal;
  }
  return { policies, groups };
}

async function refuseGroup(deps: IamDeps, principal: Principal, id: string): Promise<RootwardError | undefined> {
  const { db } = deps.store;
  const group = await findAccessGroup(db, principal.accountId, id);
  const isAllowed = group && (await deps.decide(principal, 'iam-groups.members.add', targetOfGroup(group))).allowed;
  if (!isAllowed) {
    return new RootwardError('INVALID_FIELD', {
      message: 'Field access_groups: a group does not exist, or you may not add anybody to it.',
      target: { type: 'field', name: 'access_groups' },
    });
  }
  return await refuseBeyondRights({ db, decide: deps.decide }, principal, principal.accountId, id);
}

/** As a request of its own would say it. Clients leave the account out of the resource: it is the one that invites. */
function requestOf({ type, roles, resources }: InvitedPolicy, accountId: string) {
  const attributes = resources.flatMap((resource) => resource.attributes);
  const named = attributes.some(({ name }) => name === 'accountId');
  return {
    type,
    subjects: [{ attributes: [{ name: 'iam_id', value: SOMEBODY }] }],
    roles,
    resources: [{ attributes: named ? attributes : [...attributes, { name: 'accountId', value: accountId }] }],
  };
}

export async function giveRights(
  deps: IamDeps,
  call: { readonly principal: Principal; readonly now: number },
  tx: Tx,
  iamId: string,
  { policies, groups }: InvitedRights,
): Promise<void> {
  const { accountId, iamId: by } = call.principal;
  for (const policy of policies) {
    const document = { ...policy.document, subject: [{ name: 'iam_id', value: iamId }] };
    await insertNewPolicy(deps, call, tx, { ...policy, document, subjectKey: iamId, accountId, parentId: null });
  }
  for (const group_id of groups) {
    await insertMember(tx, { group_id, iam_id: iamId, account_id: accountId, created_at: call.now, created_by: by });
  }
}
