import type { RootwardError } from '../../contract/errors.ts';

/** The error body of the token service. Its clients take their text from `errorMessage`. */
export function tokenErrorBody(error: RootwardError, requestId: string, url: string) {
  return {
    errorCode: error.row.iam ?? error.code,
    errorMessage: error.message,
    context: { requestId, requestType: 'incoming.Identity_Token', url },
  };
}

/** The error body of API keys, service IDs and policies. Clients take their text from `errors[0].message`. */
export function iamErrorBody(error: RootwardError, trace: string) {
  return {
    trace,
    status_code: error.row.http,
    errors: [
      {
        code: error.row.iam ?? error.code.toLowerCase(),
        message: error.message,
        ...(error.target && { target: { ...error.target } }),
      },
    ],
  };
}
