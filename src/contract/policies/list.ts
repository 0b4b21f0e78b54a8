import { defineOperation } from '../operation.ts';
import { PolicyQuery, policyCollection } from './list-query.ts';
import { Policy } from './policy.ts';

export const listPolicies = defineOperation({
  name: 'policies.list',
  api: 'iam',
  http: { method: 'GET', path: '/v1/policies', success: 200 },
  action: 'iam.policy.read',
  auditAs: 'iam-am.policy.list',
  mutates: false,
  input: { query: PolicyQuery },
  output: policyCollection(Policy),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY', 'NOT_SUPPORTED'],
  cli: {
    command: ['iam', 'policies'],
    options: {
      '--type <type>': { into: 'query.type', help: 'access or authorization' },
      '--iam-id <id>': { into: 'query.iam_id', help: 'only policies of this identity' },
      '--access-group-id <id>': { into: 'query.access_group_id', help: 'only policies of this access group' },
      '--service-name <name>': { into: 'query.service_name', help: 'only policies about this service' },
      '--state <state>': { into: 'query.state', help: 'active or deleted' },
    },
  },
  summary: 'List the access policies and service authorizations that you may see',
});
