import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { Policy, PolicyFormat, PolicyId } from './policy.ts';

export const getPolicy = defineOperation({
  name: 'policies.get',
  api: 'iam',
  http: { method: 'GET', path: '/v1/policies/:id', success: 200 },
  action: 'iam.policy.read',
  auditAs: 'iam-am.policy.read',
  mutates: false,
  input: { params: PolicyId, query: Type.Object({ format: PolicyFormat }) },
  output: Policy,
  sensitive: [],
  errors: ['POLICY_NOT_FOUND', 'ACTION_DENIED', 'INVALID_QUERY'],
  cli: { command: ['iam', 'authorization-policy'], arguments: ['params.id'] },
  summary: 'Show one policy, also a deleted one',
});
