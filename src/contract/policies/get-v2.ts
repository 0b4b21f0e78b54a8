import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { PolicyFormat, PolicyId } from './policy.ts';
import { PolicyV2 } from './policy-v2.ts';

export const getPolicyV2 = defineOperation({
  name: 'policies.get-v2',
  api: 'iam',
  http: { method: 'GET', path: '/v2/policies/:id', success: 200 },
  action: 'iam.policy.read',
  auditAs: 'iam-am.policy.read',
  mutates: false,
  input: { params: PolicyId, query: Type.Object({ format: PolicyFormat }) },
  output: PolicyV2,
  sensitive: [],
  errors: ['POLICY_NOT_FOUND', 'ACTION_DENIED', 'INVALID_QUERY'],
  summary: 'Show one policy, in the form of version 2',
});
