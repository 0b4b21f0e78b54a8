import { RootwardError } from '../../../contract/errors.ts';
import type { PolicyType } from '../../../contract/policies/policy.ts';
import type { Condition } from '../decide/condition.ts';

/** What somebody wants to store, in whatever version it was said, before it is checked. */
export interface PolicyWish {
  readonly type: PolicyType;
  readonly description?: string;
  readonly subject: readonly Condition[];
  readonly roles: readonly string[];
  readonly resource: readonly Condition[];
  /** What subject and resource are called in the request, for errors. */
  readonly subjectField: string;
  readonly resourceField: string;
}

/** Nothing here carries access tags, so a policy about them would never count. */
export function refuseTags(tags: readonly unknown[] | undefined, field: string): void {
  if (tags === undefined || tags.length === 0) return;
  throw new RootwardError('NOT_SUPPORTED', {
    message: `Field ${field}: access tags are not supported.`,
    target: { type: 'field', name: field },
  });
}
