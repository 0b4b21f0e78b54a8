import type { Target } from '../../target.ts';

/** What whoever asks about decisions asks of IAM. */
export function decisionTarget(accountId: string): Target {
  return { serviceName: 'iam', accountId, resourceType: 'decision' };
}
