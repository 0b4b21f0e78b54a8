import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { IfMatch, Policy, PolicyId } from './policy.ts';

export const restorePolicy = defineOperation({
  name: 'policies.restore',
  api: 'iam',
  http: { method: 'PATCH', path: '/v1/policies/:id', success: 200 },
  action: 'iam.policy.update',
  auditAs: 'iam-am.policy.restore',
  mutates: true,
  input: { params: PolicyId, headers: IfMatch, body: Type.Object({ state: Type.Literal('active') }) },
  output: Policy,
  sensitive: [],
  errors: ['INVALID_FIELD', 'ACTION_DENIED', 'POLICY_CONFLICT', 'POLICY_NOT_FOUND', 'POLICY_DELEGATED', 'ENTITY_LOCKED'],
  cli: { command: ['iam', 'policy-restore'], arguments: ['params.id'] },
  summary: 'Bring a deleted policy back',
});
