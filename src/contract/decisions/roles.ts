import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { answered, RoleQuestions } from './question.ts';

export const authorizedRoles = defineOperation({
  name: 'decisions.roles',
  api: 'iam',
  http: { method: 'POST', path: '/v2/authz/roles', success: 200 },
  action: 'iam.policy.read',
  auditAs: 'iam-am.decision.read',
  mutates: false,
  input: { body: RoleQuestions },
  output: Type.Object({
    responses: Type.Array(
      Type.Object({
        ...answered,
        roleActions: Type.Array(
          Type.Object({
            role: Type.Object({ crn: Type.String(), displayName: Type.String() }),
            actions: Type.Array(Type.Object({ action: Type.String() })),
          }),
        ),
      }),
    ),
  }),
  sensitive: [],
  errors: ['BAD_BODY', 'NO_BODY', 'INVALID_FIELD', 'ACTION_DENIED'],
  summary: 'Ask which roles subjects have on resources, and what each lets them do',
});
