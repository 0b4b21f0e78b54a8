import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { IfMatch, Policy, PolicyId, PolicyRequest } from './policy.ts';
import { POLICY_CHANGE_REFUSALS } from './policy-errors.ts';

/** Change although clusters live on what is taken away. */
export const Force = Type.Object({ force: Type.Optional(Type.Boolean()) });

export const replacePolicy = defineOperation({
  name: 'policies.replace',
  api: 'iam',
  http: { method: 'PUT', path: '/v1/policies/:id', success: 200 },
  action: 'iam.policy.update',
  auditAs: 'iam-am.policy.update',
  mutates: true,
  input: { params: PolicyId, headers: IfMatch, query: Force, body: PolicyRequest },
  output: Policy,
  sensitive: [],
  errors: POLICY_CHANGE_REFUSALS,
  summary: 'Replace a policy; of two who changed the same revision one wins',
});
