import { defineOperation } from '../operation.ts';
import { Policy, PolicyRequest } from './policy.ts';
import { POLICY_REFUSALS } from './policy-errors.ts';

export const createPolicy = defineOperation({
  name: 'policies.create',
  api: 'iam',
  http: { method: 'POST', path: '/v1/policies', success: 201 },
  action: 'iam.policy.create',
  auditAs: 'iam-am.policy.create',
  mutates: true,
  input: { body: PolicyRequest },
  output: Policy,
  sensitive: [],
  errors: POLICY_REFUSALS,
  summary: 'Create an access policy or a service authorization',
});
