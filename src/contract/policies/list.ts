import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { Policy, PolicyType } from './policy.ts';

export const listPolicies = defineOperation({
  name: 'policies.list',
  api: 'iam',
  http: { method: 'GET', path: '/v1/policies', success: 200 },
  action: 'iam.policy.read',
  auditAs: 'iam-am.policy.list',
  mutates: false,
  input: {
    query: Type.Object({
      account_id: Type.Optional(Type.String({ maxLength: 64 })),
      type: Type.Optional(PolicyType),
      iam_id: Type.Optional(Type.String({ maxLength: 512 })),
      state: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('deleted')])),
    }),
  },
  output: Type.Object({ policies: Type.Array(Policy) }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY'],
  cli: {
    command: ['iam', 'policies'],
    options: {
      '--type <type>': { into: 'query.type', help: 'access or authorization' },
      '--iam-id <id>': { into: 'query.iam_id', help: 'only policies of this identity' },
    },
  },
  summary: 'List the access policies and service authorizations that you may see',
});
