import type { Action } from '../../../contract/actions.ts';
import { policiesOfSubject } from '../../../store/iam/policies.ts';
import type { Db } from '../../../store/store.ts';
import type { ServicePrincipal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import type { Decision } from './decision.ts';
import { grants, matches, parseDocument } from './policy-document.ts';
import { sourceKey } from './subject-key.ts';

/** An instance of a service is decided by the service authorizations of the account that owns the target, and by nothing else. */
export async function decideForService(db: Db, principal: ServicePrincipal, action: Action, target: Target): Promise<Decision> {
  const { source } = principal;
  const subject = sourceKey(source.serviceName, source.accountId);
  for (const { id, document } of await policiesOfSubject(db, target.accountId, subject)) {
    const policy = parseDocument(document);
    if (matches(policy.subject, source) && grants(policy, action, target)) return { allowed: true, policyId: id };
  }
  return { allowed: false, reason: `no service authorization lets ${source.serviceName} do ${action} on ${target.serviceName}` };
}
