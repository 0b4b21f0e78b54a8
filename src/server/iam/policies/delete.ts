import { RootwardError } from '../../../contract/errors.ts';
import { deletePolicy } from '../../../contract/policies/delete.ts';
import { policiesOfParent, removeDelegatedPolicies, updatePolicyAt } from '../../../store/iam/policy-changes.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { refuseStranding } from './checks/clusters-at-stake.ts';
import { refuseLockedSubject } from './checks/locked-subject.ts';
import { policyFacts } from './facts.ts';
import { readAgain, resolvePolicy } from './find.ts';
import { nextEtag } from './revision.ts';

/**
 * Deletes a policy, and with it what services created by it. Decisions that it allowed are forgotten before the caller gets the
 * answer. Clusters that live on it are named unless the caller insists.
 */
export function deletePolicyHandler(deps: IamDeps): Handler {
  return handle(deletePolicy, {
    resolve: (call) => resolvePolicy(deps, call.principal, 'iam.policy.delete', call.input.params.id),
    async change(call, found, tx) {
      const row = await readAgain(tx, found.row);
      await refuseLockedSubject(tx, row);
      if (call.input.query.force !== true) await refuseStranding(tx, row, undefined);
      const by = { iamId: call.principal.iamId, at: call.now };
      const etag = nextEtag(row.etag, deps.newId());
      if (!(await updatePolicyAt(tx, row, { state: 'deleted', etag, modified_at: by.at, modified_by: by.iamId }))) {
        throw new RootwardError('POLICY_NOT_FOUND');
      }
      const ids = (await policiesOfParent(tx, row.id)).map(({ id }) => id);
      await removeDelegatedPolicies(tx, { ids }, by);
      return {
        output: undefined,
        audit: { requestData: { ...policyFacts(row), ...(ids.length > 0 && { delegatedPolicies: ids }) } },
      };
    },
  });
}
