import type { RootwardError } from '../../contract/errors.ts';

const TYPES: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Authentication',
  403: 'Authorization',
  404: 'NotFound',
  409: 'Conflict',
};

/** The error body of the Kubernetes service. `description` is what people read; `recoveryCLI` is what they can do. */
export function containersErrorBody(error: RootwardError, incidentId: string) {
  return {
    incidentID: incidentId,
    code: error.code,
    description: error.message,
    type: TYPES[error.row.http] ?? 'General',
    ...(error.hint !== undefined && { recoveryCLI: error.hint }),
    ...(error.target && { target: { ...error.target } }),
  };
}
