import Type, { type TObject } from 'typebox';
import { isIdentityPath } from '../identity-errors.ts';
import type { Operation } from '../operation.ts';

const Target = Type.Optional(
  Type.Object({
    type: Type.Enum(['field', 'query_param', 'header']),
    name: Type.String({ description: 'The field, parameter or header that is wrong' }),
  }),
);

export const KeyProtectError = Type.Object({
  metadata: Type.Object({ collectionType: Type.Literal('application/vnd.ibm.kms.error+json'), collectionTotal: Type.Literal(1) }),
  resources: Type.Array(
    Type.Object({
      errorMsg: Type.String({ description: 'Reason phrase, sentence, and the reason code in parentheses' }),
      reasons: Type.Optional(
        Type.Array(
          Type.Object({
            code: Type.String(),
            message: Type.String(),
            status: Type.Integer(),
            moreInfo: Type.String(),
            target: Target,
          }),
          { description: 'Absent from every 401' },
        ),
      ),
    }),
    { minItems: 1, maxItems: 1 },
  ),
});

export const TokenError = Type.Object({
  errorCode: Type.String(),
  errorMessage: Type.String(),
  context: Type.Object({ requestId: Type.String(), requestType: Type.String(), url: Type.String() }),
});

export const IamError = Type.Object({
  trace: Type.String(),
  status_code: Type.Integer(),
  errors: Type.Array(
    Type.Object({
      code: Type.String(),
      message: Type.String(),
      details: Type.Optional(
        Type.Object({
          conflicts_with: Type.Object({ etag: Type.String(), policy: Type.String(), role: Type.Optional(Type.String()) }),
        }),
      ),
      more_info: Type.Optional(Type.String({ description: 'What can be done' })),
      target: Target,
    }),
    { minItems: 1 },
  ),
});

/** Of API keys, service IDs and trusted profiles. */
export const IdentityError = Type.Object({
  context: Type.Object({ requestId: Type.String() }),
  status_code: Type.Integer(),
  errors: Type.Array(
    Type.Object({
      code: Type.String(),
      message_code: Type.String(),
      message: Type.String(),
      details: Type.Optional(Type.String({ description: 'What can be done' })),
      target: Target,
    }),
    { minItems: 1 },
  ),
  trace: Type.String(),
});

export const ContainersError = Type.Object({
  incidentID: Type.String(),
  code: Type.String(),
  description: Type.String(),
  type: Type.String(),
  recoveryCLI: Type.Optional(Type.String({ description: 'What can be done' })),
  target: Target,
});

export const ResourceError = Type.Object({
  error_code: Type.String(),
  message: Type.String(),
  status_code: Type.Integer(),
  transaction_id: Type.String(),
  hint: Type.Optional(Type.String({ description: 'What can be done' })),
  target: Target,
});

/** The form in which an operation answers every error. */
export function errorBodyOf({ api, http }: Operation): TObject {
  switch (api) {
    case 'key-protect':
      return KeyProtectError;
    case 'iam':
      if (isIdentityPath(http.path)) return IdentityError;
      return http.path.startsWith('/identity/') ? TokenError : IamError;
    case 'containers':
      return ContainersError;
    case 'resource-controller':
    case 'rootward':
      return ResourceError;
  }
}
