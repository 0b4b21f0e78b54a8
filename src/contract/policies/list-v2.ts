import { defineOperation } from '../operation.ts';
import { PolicyQuery, policyCollection } from './list-query.ts';
import { PolicyV2 } from './policy-v2.ts';

export const listPoliciesV2 = defineOperation({
  name: 'policies.list-v2',
  api: 'iam',
  http: { method: 'GET', path: '/v2/policies', success: 200 },
  action: 'iam.policy.read',
  auditAs: 'iam-am.policy.list',
  mutates: false,
  input: { query: PolicyQuery },
  output: policyCollection(PolicyV2),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY', 'NOT_SUPPORTED'],
  summary: 'List the policies that you may see, in the form of version 2',
});
