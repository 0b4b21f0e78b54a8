import { defineOperation } from '../operation.ts';
import { IfMatch, PolicyId } from './policy.ts';
import { POLICY_CHANGE_REFUSALS } from './policy-errors.ts';
import { PolicyRequestV2, PolicyV2 } from './policy-v2.ts';
import { Force } from './replace.ts';

export const replacePolicyV2 = defineOperation({
  name: 'policies.replace-v2',
  api: 'iam',
  http: { method: 'PUT', path: '/v2/policies/:id', success: 200 },
  action: 'iam.policy.update',
  auditAs: 'iam-am.policy.update',
  mutates: true,
  input: { params: PolicyId, headers: IfMatch, query: Force, body: PolicyRequestV2 },
  output: PolicyV2,
  sensitive: [],
  errors: POLICY_CHANGE_REFUSALS,
  summary: 'Replace a policy, in the form of version 2',
});
