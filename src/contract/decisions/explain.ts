import Type, { type Static } from 'typebox';
import { defineOperation } from '../operation.ts';
import { Explanation } from './explanation.ts';

export const ExplainedDecision = Type.Object({
  allowed: Type.Boolean(),
  subject: Type.String(),
  action: Type.String(),
  /** What the policies were held against: what the CRN stands for, with its key ring, resource group and region. */
  resource: Type.Record(Type.String(), Type.String()),
  explanation: Explanation,
  /** Names of the roles that carry the action on this service. */
  carried_by: Type.Array(Type.String()),
  /** Policies that the subject holds and that carry the action, but not here. */
  elsewhere: Type.Array(
    Type.Object({
      policy_id: Type.String(),
      /** The names of the attributes on which it differs. */
      because_of: Type.Array(Type.String()),
    }),
  ),
});
export type ExplainedDecision = Static<typeof ExplainedDecision>;

export const explainDecision = defineOperation({
  name: 'decisions.explain',
  api: 'iam',
  http: { method: 'GET', path: '/v2/authz/explanation', success: 200 },
  action: 'iam.policy.read',
  auditAs: 'iam-am.decision.explain',
  mutates: false,
  input: {
    query: Type.Object({
      subject: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
      action: Type.String({ minLength: 1, maxLength: 256 }),
      resource: Type.String({ minLength: 1, maxLength: 2048 }),
    }),
  },
  output: ExplainedDecision,
  sensitive: [],
  errors: ['INVALID_QUERY', 'ACTION_DENIED', 'IAM_NOT_FOUND'],
  cli: {
    command: ['iam', 'explain'],
    options: {
      '--subject <id>': { into: 'query.subject', help: 'IAM ID of a user, service ID, profile or CRN; default: you' },
      '--action <action>': { into: 'query.action', help: 'for example kms.secrets.wrap' },
      '--resource <crn>': { into: 'query.resource', help: 'CRN of an instance, key, cluster or anything else' },
    },
  },
  summary: 'Tell whether somebody may do something, and which policy or reason decides it',
});
