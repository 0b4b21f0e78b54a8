import { RootwardError } from '../../../contract/errors.ts';
import { insertPolicy, type PolicyRow } from '../../../store/iam/policies.ts';
import { findSamePolicy } from '../../../store/iam/policy-changes.ts';
import { hasAccessGroup, hasIdentity } from '../../../store/iam/policy-subjects.ts';
import type { Db, Tx } from '../../../store/store.ts';
import type { Resolved } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import type { IamDeps } from '../iam-deps.ts';
import { type CheckedPolicy, checkPolicy } from './checks/check-policy.ts';
import { refuseEscalation } from './checks/escalation.ts';
import { refuseLockedSubject } from './checks/locked-subject.ts';
import { resolveDelegated } from './delegated/delegated.ts';
import type { PolicyWish } from './policy-wish.ts';
import { firstEtag } from './revision.ts';
import { targetOfPolicy } from './target.ts';

/** A policy that may be stored as far as its caller's rights go. */
export interface NewPolicy extends CheckedPolicy {
  readonly accountId: string;
  /** The authorization by which a service creates it. */
  readonly parentId: string | null;
}

export async function resolveNewPolicy(deps: IamDeps, principal: Principal, wish: PolicyWish): Promise<Resolved<NewPolicy>> {
  if (principal.kind === 'cluster' || principal.kind === 'service') return await resolveDelegated(deps.store.db, principal, wish);
  const { accountId } = principal;
  const checked = checkPolicy(wish, accountId);
  const target = await targetOfPolicy(deps.decide, principal, 'iam.policy.create', checked.document);
  const missing =
    (await unknownSubject(deps.store.db, accountId, checked, wish.subjectField)) ??
    (await refuseEscalation(deps.decide, principal, checked.document));
  return missing ? { target, missing } : { target, record: { ...checked, accountId, parentId: null } };
}

/** Throws POLICY_CONFLICT if its maker has the same already. */
export async function insertNewPolicy(
  deps: Pick<IamDeps, 'newId'>,
  call: { readonly principal: Principal; readonly now: number },
  tx: Tx,
  policy: NewPolicy,
): Promise<PolicyRow> {
  const { iamId } = call.principal;
  const row: PolicyRow = {
    id: deps.newId(),
    account_id: policy.accountId,
    type: policy.type,
    subject_key: policy.subjectKey,
    document: JSON.stringify(policy.document),
    description: policy.description ?? null,
    state: 'active',
    etag: firstEtag(deps.newId()),
    created_at: call.now,
    created_by: iamId,
    modified_at: call.now,
    modified_by: iamId,
    parent_id: policy.parentId,
  };
  await refuseLockedSubject(tx, row);
  await refuseSame(tx, row);
  await insertPolicy(tx, row);
  return row;
}

/** Throws POLICY_CONFLICT if another active policy says the same. */
export async function refuseSame(tx: Tx, row: PolicyRow): Promise<void> {
  const same = await findSamePolicy(tx, row);
  if (!same || same.id === row.id) return;
  throw new RootwardError('POLICY_CONFLICT', {
    message: `The same policy exists already: ${same.id}.`,
    conflictsWith: { etag: same.etag, policy: same.id },
  });
}

/** An access policy for somebody who does not exist would count for whoever gets that id later. */
export async function unknownSubject(
  db: Db,
  accountId: string,
  { type, document, subjectKey }: Pick<CheckedPolicy, 'type' | 'document' | 'subjectKey'>,
  field: string,
): Promise<RootwardError | undefined> {
  if (type !== 'access') return undefined;
  const isGroup = document.subject[0]?.name === 'access_group_id';
  if (isGroup ? await hasAccessGroup(db, accountId, subjectKey) : await hasIdentity(db, accountId, subjectKey)) return undefined;
  const wrong = isGroup
    ? 'access_group_id is not an access group of this account'
    : 'iam_id is not a user, service ID or trusted profile of this account';
  return new RootwardError('INVALID_FIELD', {
    message: `Field ${field}: ${wrong}.`,
    target: { type: 'field', name: field },
  });
}
