import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { Explanation } from './explanation.ts';
import { answered, Questions } from './question.ts';

export const authorize = defineOperation({
  name: 'decisions.authorize',
  api: 'iam',
  http: { method: 'POST', path: '/v2/authz', success: 200 },
  action: 'iam.policy.read',
  auditAs: 'iam-am.decision.read',
  mutates: false,
  input: { body: Questions },
  output: Type.Object({
    responses: Type.Array(
      Type.Object({
        ...answered,
        authorizationDecision: Type.Object({
          permitted: Type.Boolean(),
          obligation: Type.Optional(
            Type.Object({
              actions: Type.Array(Type.String()),
              environment: Type.Object({}),
              /** How long whoever asked may go by the answer, in seconds. */
              maxCacheAgeInSeconds: Type.Integer(),
              subject: Type.Object({ attributes: Type.Object({ id: Type.String() }) }),
            }),
          ),
        }),
        explanation: Type.Optional(Explanation),
      }),
    ),
  }),
  sensitive: [],
  errors: ['BAD_BODY', 'NO_BODY', 'INVALID_FIELD', 'ACTION_DENIED'],
  summary: 'Ask whether subjects may do actions on resources',
});
