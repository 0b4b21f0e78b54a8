import type { Action } from '../../../contract/actions.ts';
import type { Principal } from '../../principal.ts';
import type { Target } from '../../target.ts';

export type Decision =
  | {
      readonly allowed: true;
      /** The oldest policy that allowed it, or the name of a built-in rule. */
      readonly policyId: string;
      /** By whom the caller holds that policy: its own IAM id, an access group's id, the source of an authorization; or `built-in`. */
      readonly subject: string;
    }
  /** `reason` is for the audit record and for whoever may read policies; a caller is told no more than that it was refused. */
  | { readonly allowed: false; readonly reason: string };

/** May `principal` do `action` to `target`? Default deny. Immediate when the answer is cached. */
export type Decide = (principal: Principal, action: Action, target: Target) => Decision | Promise<Decision>;

/** A rule that no policy states and none can take away. */
export function byRule(policyId: string): Decision {
  return { allowed: true, policyId, subject: 'built-in' };
}
