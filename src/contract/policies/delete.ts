import { defineOperation } from '../operation.ts';
import { PolicyId } from './policy.ts';

export const deletePolicy = defineOperation({
  name: 'policies.delete',
  api: 'iam',
  http: { method: 'DELETE', path: '/v1/policies/:id', success: 204 },
  action: 'iam.policy.delete',
  auditAs: 'iam-am.policy.delete',
  mutates: true,
  input: { params: PolicyId },
  output: undefined,
  sensitive: [],
  errors: ['POLICY_NOT_FOUND', 'ACTION_DENIED'],
  cli: { command: ['iam', 'authorization-policy-delete'], arguments: ['params.id'] },
  summary: 'Delete a policy; it stops counting at once',
});
