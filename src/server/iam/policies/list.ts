import { listPolicies } from '../../../contract/policies/list.ts';
import type { Policy } from '../../../contract/policies/policy.ts';
import { listPolicies as readPolicies } from '../../../store/iam/policies.ts';
import { type Handler, handle } from '../../handler.ts';
import { parseDocument } from '../decide/policy-document.ts';
import type { IamDeps } from '../iam-deps.ts';
import { ownAccount } from '../own-account.ts';
import { presentPolicy } from './present.ts';
import { mayOnPolicy } from './target.ts';

/** Lists policies of the account: those about the caller, and those about targets on which the caller may read policies. */
export function listPoliciesHandler(deps: IamDeps): Handler {
  return handle(listPolicies, {
    resolve(call) {
      const accountId = ownAccount(call.principal, call.input.query.account_id);
      return { target: { serviceName: 'iam', accountId, resourceType: 'policy' }, record: accountId };
    },
    async run(call, accountId) {
      const { type, iam_id: subjectKey, state } = call.input.query;
      const policies: Policy[] = [];
      for (const row of await readPolicies(deps.store.db, { accountId, type, subjectKey, state })) {
        const document = parseDocument(row.document);
        const visible =
          row.subject_key === call.principal.iamId ||
          (await mayOnPolicy(deps.decide, call.principal, 'iam.policy.read', document));
        if (visible) policies.push(presentPolicy(row, deps.origin(), document));
      }
      return { output: { policies } };
    },
  });
}
