import { ERRORS, type ErrorCode, type ErrorRow } from './errors.ts';

/** Addresses of API keys, service IDs and trusted profiles, whose errors have a form of their own. */
export function isIdentityPath(path: string): boolean {
  return /^\/v1\/(apikeys|serviceids|profiles)(\/|$)/.test(path);
}

/** By what an error goes there: the word for programs, and the number under which the published service lists it, where it has one. */
export function identityCodes(code: ErrorCode): { readonly code: string; readonly message_code: string } {
  const { iam }: ErrorRow = ERRORS[code];
  if (code === 'IAM_NOT_FOUND') return { code: 'not_found', message_code: 'BXNIM0109E' };
  if (iam?.startsWith('BXNIM')) return { code: code.toLowerCase(), message_code: iam };
  return { code: iam ?? code.toLowerCase(), message_code: code };
}
