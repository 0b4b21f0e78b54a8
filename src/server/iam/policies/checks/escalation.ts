import { type Action, AUTHORIZATION_DELEGATOR, findRole } from '../../../../contract/actions.ts';
import { RootwardError } from '../../../../contract/errors.ts';
import type { Principal } from '../../../principal.ts';
import type { Decide } from '../../decide/decision.ts';
import type { PolicyDocument } from '../../decide/policy-document.ts';
import { targetsOfPolicy } from '../target.ts';

/**
 * Nobody gives away more than he has: the caller must hold every action of every granted role on everything that the policy reaches. Undefined
 * if he does, else the error to answer with.
 */
export async function refuseEscalation(
  decide: Decide,
  principal: Principal,
  document: PolicyDocument,
): Promise<RootwardError | undefined> {
  for (const target of targetsOfPolicy(document)) {
    for (const role of document.roles) {
      for (const action of actionsOf(target.serviceName, role)) {
        if ((await decide(principal, action, target)).allowed) continue;
        return new RootwardError('ACTION_DENIED', {
          message: `You cannot grant the role ${role}: it carries ${action}, which you do not have on this target yourself.`,
        });
      }
    }
  }
  return undefined;
}

function actionsOf(serviceName: string, role: string): readonly Action[] {
  if (role === AUTHORIZATION_DELEGATOR) return ['iam.delegationPolicy.create'];
  return findRole(serviceName, role)?.actions ?? [];
}
