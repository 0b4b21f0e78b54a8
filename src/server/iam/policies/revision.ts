import { RootwardError } from '../../../contract/errors.ts';
import type { PolicyRow } from '../../../store/iam/policies.ts';

/** `<n>-<random>`: n counts the changes. `id` is a new UUID. */
export function firstEtag(id: string): string {
  return `1-${id.replaceAll('-', '')}`;
}

export function nextEtag(etag: string, id: string): string {
  return `${Number.parseInt(etag, 10) + 1}-${id.replaceAll('-', '')}`;
}

/**
 * Throws POLICY_CONFLICT unless the change is based on the policy as it is. The published error codes have no other word for a
 * revision that is out of date, and their `conflicts_with` names the one that is there.
 */
export function mustBeCurrentRevision(row: Pick<PolicyRow, 'id' | 'etag'>, ifMatch: string): void {
  // Proxies and libraries may add the quotes that the header has by its standard.
  // `*` is whatever is there: who writes that wants to overwrite it.
  if (ifMatch === '*' || ifMatch === row.etag || ifMatch === `"${row.etag}"`) return;
  throw outdated(row);
}

export function outdated({ id, etag }: Pick<PolicyRow, 'id' | 'etag'>): RootwardError {
  return new RootwardError('POLICY_CONFLICT', {
    message: 'The policy has been changed since the revision that If-Match names.',
    hint: 'Read it again, and repeat the change with its new ETag.',
    target: { type: 'header', name: 'if-match' },
    conflictsWith: { etag, policy: id },
  });
}
