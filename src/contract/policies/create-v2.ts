import { defineOperation } from '../operation.ts';
import { POLICY_REFUSALS } from './policy-errors.ts';
import { PolicyRequestV2, PolicyV2 } from './policy-v2.ts';

export const createPolicyV2 = defineOperation({
  name: 'policies.create-v2',
  api: 'iam',
  http: { method: 'POST', path: '/v2/policies', success: 201 },
  action: 'iam.policy.create',
  auditAs: 'iam-am.policy.create',
  mutates: true,
  input: { body: PolicyRequestV2 },
  output: PolicyV2,
  sensitive: [],
  errors: POLICY_REFUSALS,
  summary: 'Create an access policy or a service authorization, in the form of version 2',
});
