import { type Action, ROLES, serviceTypeOf } from '../../../contract/actions.ts';
import type { Principal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import { holds } from '../decide/condition.ts';
import type { Decide } from '../decide/decision.ts';
import { exactValue, type PolicyDocument } from '../decide/policy-document.ts';

const NARROWING = ['region', 'resourceGroupId', 'serviceInstance', 'keyRing', 'resourceType', 'resource'] as const;

/**
 * What a policy is about, as targets of a decision: one for each service that it reaches. A condition that is not exact is left out:
 * whoever manages such a policy needs his rights on everything that it could match, so the target is the wider one.
 */
export function targetsOfPolicy({ resource }: PolicyDocument): readonly [Target, ...Target[]] {
  const common: { -readonly [K in keyof Target]: Target[K] } = {
    serviceName: exactValue(resource, 'serviceName') ?? '',
    accountId: exactValue(resource, 'accountId') ?? '',
    whole: true,
  };
  for (const name of NARROWING) {
    const value = exactValue(resource, name);
    if (value !== undefined) common[name] = value;
  }
  const [first, ...others] = Object.keys(ROLES)
    .filter((service) => isAbout(resource, service))
    .map((serviceName): Target => ({ ...common, serviceName }));
  return first ? [first, ...others] : [common];
}

function isAbout(resource: PolicyDocument['resource'], service: string): boolean {
  return resource.every((condition) => {
    if (condition.name === 'serviceName') return holds(condition, service);
    return condition.name !== 'serviceType' || holds(condition, serviceTypeOf(service));
  });
}

/** May he do that on everything that the policy reaches? */
export async function mayOnPolicy(
  decide: Decide,
  principal: Principal,
  action: Action,
  document: PolicyDocument,
): Promise<boolean> {
  const target = await targetOfPolicy(decide, principal, action, document);
  return (await decide(principal, action, target)).allowed;
}

/** All policies of an account. Who may read them there may read each, whatever it is about; to change one, its target decides. */
export function everyPolicy(accountId: string): Target {
  return { serviceName: 'iam-access-management', accountId, resourceType: 'policy', whole: true };
}

async function mayReadEvery(decide: Decide, principal: Principal, action: Action, accountId: string): Promise<boolean> {
  return action === 'iam.policy.read' && (await decide(principal, action, everyPolicy(accountId))).allowed;
}

/**
 * The target on which the pipeline decides what somebody asks about a policy: the first one on which he may not do it, so that he may
 * only if he may on all of them.
 */
export async function targetOfPolicy(
  decide: Decide,
  principal: Principal,
  action: Action,
  document: PolicyDocument,
): Promise<Target> {
  const targets = targetsOfPolicy(document);
  const [{ accountId }] = targets;
  if (await mayReadEvery(decide, principal, action, accountId)) return everyPolicy(accountId);
  for (const target of targets) if (!(await decide(principal, action, target)).allowed) return target;
  return targets[0];
}
