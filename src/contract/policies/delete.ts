import { defineOperation } from '../operation.ts';
import { PolicyId } from './policy.ts';
import { Force } from './replace.ts';

export const deletePolicy = defineOperation({
  name: 'policies.delete',
  api: 'iam',
  http: { method: 'DELETE', path: '/v1/policies/:id', aliases: ['/v2/policies/:id'], success: 204 },
  action: 'iam.policy.delete',
  auditAs: 'iam-am.policy.delete',
  mutates: true,
  input: { params: PolicyId, query: Force },
  output: undefined,
  sensitive: [],
  errors: ['POLICY_NOT_FOUND', 'ACTION_DENIED', 'POLICY_IN_USE', 'ENTITY_LOCKED'],
  cli: {
    command: ['iam', 'authorization-policy-delete'],
    arguments: ['params.id'],
    options: { '-f, --force': { into: 'query.force', help: 'also if clusters live on it' } },
  },
  summary: 'Delete a policy; it stops counting at once',
});
