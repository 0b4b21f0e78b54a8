import { type Action, AUTHORIZATION_DELEGATOR, findRole } from '../../../contract/actions.ts';
import type { Target } from '../../target.ts';
import type { Decision } from './decision.ts';
import { attributesOf, matches, type PolicyDocument, rolesCarry } from './policy-document.ts';
import type { Rights } from './rights.ts';

/** By either of them the source of an authorization lets a service that works for it use the same target. */
const DELEGATING: ReadonlySet<Action> = new Set<Action>(['iam.policy.create', 'iam.delegationPolicy.create']);

export function isDelegation(action: Action): boolean {
  return DELEGATING.has(action);
}

/** A service creates authorizations within one that has AuthorizationDelegator, and no other policies, whatever its roles are. */
export function decideDelegation({ policies }: Rights, target: Target): Decision {
  const found = policies.all.find(
    ({ document }) => document.roles.includes(AUTHORIZATION_DELEGATOR) && reaches(document, target),
  );
  if (found) return { allowed: true, policyId: found.id, subject: found.subject };
  return { allowed: false, reason: `no service authorization with AuthorizationDelegator reaches this target` };
}

/**
 * Is what `child` gives on `targets`, all that it reaches, within what `parent` gives and lets its source pass on? The right to pass
 * on is never passed on.
 */
export function coversDelegation(parent: PolicyDocument, child: PolicyDocument, targets: readonly Target[]): boolean {
  if (!parent.roles.includes(AUTHORIZATION_DELEGATOR) || child.roles.includes(AUTHORIZATION_DELEGATOR)) return false;
  return targets.every(
    (target) =>
      reaches(parent, target) &&
      child.roles.every((role) =>
        (findRole(target.serviceName, role)?.actions ?? []).every((action) => rolesCarry(parent, target.serviceName, action)),
      ),
  );
}

function reaches({ resource }: PolicyDocument, target: Target): boolean {
  return matches(resource, attributesOf(target), target.whole === true);
}
