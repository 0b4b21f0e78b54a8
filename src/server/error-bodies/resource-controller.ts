import type { RootwardError } from '../../contract/errors.ts';

/** The error body of the resource controller and of our own operations. */
export function resourceErrorBody(error: RootwardError, transactionId: string) {
  return {
    error_code: error.row.resourceController ?? error.code,
    message: error.message,
    status_code: error.row.http,
    transaction_id: transactionId,
    ...(error.hint !== undefined && { hint: error.hint }),
    ...(error.target && { target: { ...error.target } }),
  };
}
