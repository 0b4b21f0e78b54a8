import type { Condition } from './condition.ts';
import { exactValue } from './policy-document.ts';

/** In place of the source service where an authorization names none exactly: it has wildcards, or is about a resource group. */
const ANY_SERVICE = '*';

/** Under which key the authorizations of one source service in one source account are found. */
export function sourceKey(serviceName: string, accountId: string): string {
  return `${serviceName} a/${accountId}`;
}

/** Under which keys all authorizations are found that may be about this source. */
export function sourceKeys(serviceName: string, accountId: string): readonly string[] {
  return [sourceKey(serviceName, accountId), sourceKey(ANY_SERVICE, accountId)];
}

/**
 * What decisions look a policy up by (column `subject_key`): the IAM id or access group of an access policy, or the source of an
 * authorization. Undefined if the subject names none of them exactly.
 */
export function subjectKeyOf(subject: readonly Condition[]): string | undefined {
  const accessSubject = exactValue(subject, 'iam_id') ?? exactValue(subject, 'access_group_id');
  if (accessSubject !== undefined) return accessSubject;
  const accountId = exactValue(subject, 'accountId');
  return accountId === undefined ? undefined : sourceKey(exactValue(subject, 'serviceName') ?? ANY_SERVICE, accountId);
}
