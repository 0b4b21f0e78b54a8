import { RootwardError } from '../../../contract/errors.ts';
import { replacePolicy } from '../../../contract/policies/replace.ts';
import { replacePolicyV2 } from '../../../contract/policies/replace-v2.ts';
import type { PolicyRow } from '../../../store/iam/policies.ts';
import { updatePolicyAt } from '../../../store/iam/policy-changes.ts';
import type { Tx } from '../../../store/store.ts';
import { type Handler, handle, type Resolved } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import type { IamDeps } from '../iam-deps.ts';
import { type CheckedPolicy, checkPolicy } from './checks/check-policy.ts';
import { refuseStranding } from './checks/clusters-at-stake.ts';
import { refuseEscalation } from './checks/escalation.ts';
import { refuseLockedSubject } from './checks/locked-subject.ts';
import { endUncovered } from './delegated/delegated-end.ts';
import { policyFacts } from './facts.ts';
import { readAgain, resolvePolicy } from './find.ts';
import { refuseSame, unknownSubject } from './new-policy.ts';
import type { PolicyWish } from './policy-wish.ts';
import { mustBeCurrentRevision, nextEtag, outdated } from './revision.ts';
import { targetOfPolicy } from './target.ts';
import { presentV1, presentV2 } from './wire/present.ts';
import { fromV1 } from './wire/request-v1.ts';
import { fromV2 } from './wire/request-v2.ts';

interface Replacement {
  readonly row: PolicyRow;
  readonly checked: CheckedPolicy;
}

/** Replaces a policy: the caller needs his rights on what it was about and on what it is about from now on. */
export function replacePolicyHandler(deps: IamDeps): Handler {
  return handle(replacePolicy, {
    resolve: (call) => resolveReplacement(deps, call.principal, call.input.params.id, fromV1(call.input.body)),
    async change(call, replacement, tx) {
      const { row, delegatedPolicies } = await replace(deps, call, replacement, tx);
      return {
        output: presentV1(row, { origin: deps.origin() }),
        headers: { ETag: row.etag },
        audit: {
          requestData: policyFacts(replacement.row),
          responseData: { ...policyFacts(row), ...(delegatedPolicies.length > 0 && { delegatedPolicies }) },
        },
      };
    },
  });
}

export function replacePolicyV2Handler(deps: IamDeps): Handler {
  return handle(replacePolicyV2, {
    resolve: (call) => resolveReplacement(deps, call.principal, call.input.params.id, fromV2(call.input.body)),
    async change(call, replacement, tx) {
      const { row, delegatedPolicies } = await replace(deps, call, replacement, tx);
      return {
        output: presentV2(row, { origin: deps.origin() }),
        headers: { ETag: row.etag },
        audit: {
          requestData: policyFacts(replacement.row),
          responseData: { ...policyFacts(row), ...(delegatedPolicies.length > 0 && { delegatedPolicies }) },
        },
      };
    },
  });
}

async function resolveReplacement(
  deps: IamDeps,
  principal: Principal,
  id: string,
  wish: PolicyWish,
): Promise<Resolved<Replacement>> {
  const { decide, store } = deps;
  const checked = checkPolicy(wish, principal.accountId);
  const action = 'iam.policy.update';
  const found = await resolvePolicy(deps, principal, action, id);
  if (found.missing) return found;
  const { target, record } = found;
  // What may not be done to the new document is refused like what may not be done to the old one.
  const wanted = await targetOfPolicy(decide, principal, action, checked.document);
  const decided = (await decide(principal, action, target)).allowed ? wanted : target;
  const missing =
    unchangeable(record.row, checked) ??
    (await unknownSubject(store.db, record.row.account_id, checked, wish.subjectField)) ??
    (await refuseEscalation(decide, principal, checked.document));
  return missing ? { target: decided, missing } : { target: decided, record: { row: record.row, checked } };
}

function unchangeable(row: PolicyRow, { type }: CheckedPolicy): RootwardError | undefined {
  if (row.parent_id !== null) return new RootwardError('POLICY_DELEGATED');
  if (row.type === type) return undefined;
  return new RootwardError('INVALID_FIELD', {
    message: `Field type: the type of a policy does not change; this one is of type ${row.type}.`,
    target: { type: 'field', name: 'type' },
  });
}

async function replace(
  deps: IamDeps,
  call: {
    readonly principal: Principal;
    readonly now: number;
    readonly input: {
      readonly headers: { readonly 'if-match': string };
      readonly query: { readonly force?: boolean | undefined };
    };
  },
  { row: known, checked }: Replacement,
  tx: Tx,
): Promise<{ readonly row: PolicyRow; readonly delegatedPolicies: readonly string[] }> {
  const row = await readAgain(tx, known);
  mustBeCurrentRevision(row, call.input.headers['if-match']);
  const by = { iamId: call.principal.iamId, at: call.now };
  const changed = {
    subject_key: checked.subjectKey,
    document: JSON.stringify(checked.document),
    description: checked.description ?? null,
    etag: nextEtag(row.etag, deps.newId()),
    modified_at: by.at,
    modified_by: by.iamId,
  };
  const next: PolicyRow = { ...row, ...changed };
  await refuseLockedSubject(tx, row);
  await refuseLockedSubject(tx, next);
  await refuseSame(tx, next);
  if (call.input.query.force !== true) await refuseStranding(tx, row, checked.document);
  if (!(await updatePolicyAt(tx, row, changed))) throw outdated(row);
  return { row: next, delegatedPolicies: await endUncovered(tx, next.id, checked.document, by) };
}
