import type { RootwardError } from '../../contract/errors.ts';
import { identityCodes } from '../../contract/identity-errors.ts';
import { policyCode } from '../../contract/policies/policy-codes.ts';

/** The error body of the token service. Its clients take their text from `errorMessage`. */
export function tokenErrorBody(error: RootwardError, requestId: string, url: string) {
  return {
    errorCode: error.row.iam ?? error.code,
    errorMessage: error.message,
    context: { requestId, requestType: 'incoming.Identity_Token', url },
  };
}

/** The error body of API keys, service IDs and trusted profiles. Clients take their text from `errors[0].message`. */
export function identityErrorBody(error: RootwardError, requestId: string) {
  return {
    context: { requestId },
    status_code: error.row.http,
    errors: [
      {
        ...identityCodes(error.code),
        message: error.message,
        ...(error.hint !== undefined && { details: error.hint }),
        ...(error.target && { target: { ...error.target } }),
      },
    ],
    trace: requestId,
  };
}

/** The error body of policies and access groups. Clients take their text from `errors[0].message`. */
export function iamErrorBody(error: RootwardError, trace: string, url: string) {
  return {
    trace,
    status_code: error.row.http,
    errors: [
      {
        code: policyCode(error.code, url) ?? error.row.iam ?? error.code.toLowerCase(),
        message: error.message,
        ...(error.conflictsWith && { details: { conflicts_with: { ...error.conflictsWith } } }),
        ...(error.hint !== undefined && { more_info: error.hint }),
        ...(error.target && { target: { ...error.target } }),
      },
    ],
  };
}
