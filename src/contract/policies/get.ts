import { defineOperation } from '../operation.ts';
import { Policy, PolicyId } from './policy.ts';

export const getPolicy = defineOperation({
  name: 'policies.get',
  api: 'iam',
  http: { method: 'GET', path: '/v1/policies/:id', success: 200 },
  action: 'iam.policy.read',
  auditAs: 'iam-am.policy.read',
  mutates: false,
  input: { params: PolicyId },
  output: Policy,
  sensitive: [],
  errors: ['POLICY_NOT_FOUND', 'ACTION_DENIED'],
  cli: { command: ['iam', 'authorization-policy'], arguments: ['params.id'] },
  summary: 'Show one policy',
});
