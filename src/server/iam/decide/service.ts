import type { Action } from '../../../contract/actions.ts';
import type { ServicePrincipal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import type { Decision } from './decision.ts';
import { decideDelegation, isDelegation } from './delegation.ts';
import type { Rights } from './rights.ts';

/** An instance of a service is decided by the service authorizations of the account that owns the target, and by nothing else. */
export async function decideForService(
  rightsIn: (accountId: string) => Promise<Rights>,
  { source }: ServicePrincipal,
  action: Action,
  target: Target,
): Promise<Decision> {
  const rights = await rightsIn(target.accountId);
  if (isDelegation(action)) return decideDelegation(rights, target);
  const { policies } = rights;
  const policy = policies.find(action, target);
  if (policy) return { allowed: true, policyId: policy.id, subject: policy.subject };
  return { allowed: false, reason: `no service authorization lets ${source.serviceName} do ${action} on ${target.serviceName}` };
}
