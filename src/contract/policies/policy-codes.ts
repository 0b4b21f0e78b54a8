import type { ErrorCode } from '../errors.ts';

/** How the published clients of policies and roles call errors that other parts of IAM call differently. */
const CODES: Readonly<Partial<Record<ErrorCode, string>>> = {
  ACCOUNT_MISMATCH: 'insufficent_permissions',
  ACTION_DENIED: 'insufficent_permissions',
  BAD_BODY: 'invalid_body',
  INVALID_FIELD: 'invalid_body',
  NO_BODY: 'invalid_body',
  NOT_SUPPORTED: 'unable_to_process',
  MEDIA_TYPE: 'unsupported_content_type',
  OVERLOADED: 'too_many_requests',
  TOKEN_EXPIRED: 'invalid_token',
  UNAUTHENTICATED: 'invalid_token',
};

/** The code of an error at this address, or undefined where it is that of the error itself. */
export function policyCode(code: ErrorCode, url: string): string | undefined {
  return /^\/v[12]\/(policies|roles)([/?]|$)/.test(url) ? CODES[code] : undefined;
}
