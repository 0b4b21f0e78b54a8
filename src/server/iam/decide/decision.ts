import type { Action } from '../../../contract/actions.ts';
import type { Principal } from '../../principal.ts';
import type { Target } from '../../target.ts';

export type Decision =
  /** `policyId` is the policy that allowed it, or the name of a built-in rule. */
  | { readonly allowed: true; readonly policyId: string }
  /** `reason` is for the audit record and `--explain` only; a caller is told no more than that it was refused. */
  | { readonly allowed: false; readonly reason: string };

/** May `principal` do `action` to `target`? Default deny. Immediate when the answer is cached. */
export type Decide = (principal: Principal, action: Action, target: Target) => Decision | Promise<Decision>;
