import type { ErrorCode } from '../errors.ts';

/** What is wrong with a policy that somebody wants to store. */
export const POLICY_REFUSALS = [
  'INVALID_FIELD',
  'ROLE_NOT_FOUND',
  'ACCOUNT_MISMATCH',
  'ACTION_DENIED',
  'POLICY_CONFLICT',
  'NOT_SUPPORTED',
  'ENTITY_LOCKED',
] as const satisfies readonly ErrorCode[];

/** The same for a policy that is there, and may be what clusters live on. */
export const POLICY_CHANGE_REFUSALS = [
  ...POLICY_REFUSALS,
  'POLICY_NOT_FOUND',
  'POLICY_DELEGATED',
  'POLICY_IN_USE',
] as const satisfies readonly ErrorCode[];
