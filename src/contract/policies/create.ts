import { defineOperation } from '../operation.ts';
import { Policy, PolicyRequest } from './policy.ts';

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
  errors: ['INVALID_FIELD', 'ROLE_NOT_FOUND', 'ACCOUNT_MISMATCH', 'ACTION_DENIED', 'POLICY_CONFLICT', 'NOT_SUPPORTED'],
  summary: 'Create an access policy or a service authorization',
});
