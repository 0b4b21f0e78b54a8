import { ERRORS, type ErrorCode, type ErrorRow } from '../errors.ts';
import { identityCodes, isIdentityPath } from '../identity-errors.ts';
import type { Api, Operation } from '../operation.ts';
import { OPERATIONS } from '../operations.ts';
import { policyCode } from '../policies/policy-codes.ts';

/** Every status that an operation may answer with: its successes, and its errors by status. */
export interface Answers {
  /** Status → whether it carries a body. */
  readonly successes: ReadonlyMap<number, boolean>;
  readonly errors: ReadonlyMap<number, readonly ErrorCode[]>;
}

/** The status under which an API shows an error. */
export function statusIn(api: Api, code: ErrorCode): number {
  const row: ErrorRow = ERRORS[code];
  return (api === 'key-protect' ? row.keyProtect?.http : undefined) ?? row.http;
}

/** The code by which the error body of an operation names an error. */
export function shownCode({ api, http }: Operation, code: ErrorCode): string {
  const row: ErrorRow = ERRORS[code];
  if (api === 'key-protect') return row.keyProtect?.reason ?? code;
  if (isIdentityPath(http.path)) return identityCodes(code).code;
  const asPolicy = policyCode(code, http.path);
  if (asPolicy !== undefined) return asPolicy;
  if (api === 'iam') return row.iam ?? (http.path.startsWith('/identity/') ? code : code.toLowerCase());
  if (api === 'resource-controller' || api === 'rootward') return row.resourceController ?? code;
  return code;
}

export function answersOf(operation: Operation): Answers {
  const those = [operation, ...chosenBy(operation)];
  const successes = new Map<number, boolean>();
  for (const { http, output } of those) {
    successes.set(http.success, output !== undefined && http.success !== 204);
    // Where the caller chooses by `Prefer` whether it sees what became of the thing.
    if (http.success === 204 && output !== undefined) successes.set(200, true);
  }
  const errors = new Map<number, ErrorCode[]>();
  for (const code of new Set(those.flatMap((one) => [...errorsOf(one)]))) {
    const status = statusIn(operation.api, code);
    errors.set(status, [...(errors.get(status) ?? []), code]);
  }
  return { successes, errors: new Map([...errors].sort(([a], [b]) => a - b)) };
}

/** The operations that an older address of several stands for. */
export function chosenBy({ http }: Operation): readonly Operation[] {
  const names = new Set(Object.values(http.chosenBy?.operations ?? {}));
  return OPERATIONS.filter(({ name }) => names.has(name));
}

/** What the operation itself refuses, and what every request may be refused for on its way there. */
function errorsOf(operation: Operation): ReadonlySet<ErrorCode> {
  const { params, query, headers, body } = operation.input;
  const codes = new Set<ErrorCode>(operation.errors);
  const add = (...more: readonly ErrorCode[]): void => {
    for (const code of more) codes.add(code);
  };
  // Also a query may hold a text that no store can hold.
  if (params || query || headers || body) add('INVALID_FIELD');
  if (query) add('INVALID_QUERY');
  if (operation.http.method !== 'GET' && operation.http.method !== 'HEAD') add('BAD_BODY', 'BODY_TOO_LARGE', 'MEDIA_TYPE');
  if (body && !('~optional' in body)) add('NO_BODY');
  if (operation.action !== 'public') add('UNAUTHENTICATED', 'TOKEN_EXPIRED', 'ACTION_DENIED');
  if (operation.api === 'key-protect') add('INSTANCE_UNKNOWN', 'INSTANCE_UNINITIALIZED', 'NETWORK_DENIED');
  // Both read rows of keys, and believe none that is not authentic.
  if (operation.api === 'key-protect' || operation.api === 'containers') add('ROW_INTEGRITY');
  add('OVERLOADED', 'INTERNAL', 'AUDIT_UNAVAILABLE', 'REPLICA_BEHIND', 'SHUTTING_DOWN');
  return codes;
}
