import { RootwardError } from '../../../contract/errors.ts';
import { deletePolicy } from '../../../contract/policies/delete.ts';
import { markPolicyDeleted } from '../../../store/iam/policies.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { policyFacts } from './create.ts';
import { resolvePolicy } from './find.ts';

/** Deletes a policy. Decisions that it allowed are forgotten before the caller gets the answer. */
export function deletePolicyHandler(deps: IamDeps): Handler {
  return handle(deletePolicy, {
    resolve: (call) => resolvePolicy(deps, call.principal, 'iam.policy.delete', call.input.params.id),
    async change(call, { row, document }, tx) {
      const by = { iamId: call.principal.iamId, at: call.now };
      if (!(await markPolicyDeleted(tx, row.account_id, row.id, by))) throw new RootwardError('POLICY_NOT_FOUND');
      return { output: undefined, audit: { requestData: policyFacts(row, document) } };
    },
  });
}
