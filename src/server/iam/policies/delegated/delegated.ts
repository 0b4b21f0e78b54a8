import { RootwardError } from '../../../../contract/errors.ts';
import { isDependentService } from '../../../../contract/policies/dependent-services.ts';
import { findClusterIdentity } from '../../../../store/clusters/cluster-identity.ts';
import type { Db } from '../../../../store/store.ts';
import type { Resolved } from '../../../handler.ts';
import type { ClusterPrincipal, ServicePrincipal } from '../../../principal.ts';
import { coversDelegation } from '../../decide/delegation.ts';
import { exactValue } from '../../decide/policy-document.ts';
import { rightsOfSource, sourceOf } from '../../decide/rights.ts';
import { checkPolicy } from '../checks/check-policy.ts';
import type { NewPolicy } from '../new-policy.ts';
import type { PolicyWish } from '../policy-wish.ts';
import { targetsOfPolicy } from '../target.ts';

/**
 * What a service creates for a service that works for it, in the account of the target: allowed by an authorization with
 * AuthorizationDelegator, and no wider than that.
 */
export async function resolveDelegated(
  db: Db,
  principal: ClusterPrincipal | ServicePrincipal,
  wish: PolicyWish,
): Promise<Resolved<NewPolicy>> {
  const accountId = exactValue(wish.resource, 'accountId') ?? '';
  const checked = checkPolicy(wish, accountId);
  const targets = targetsOfPolicy(checked.document);
  const [target] = targets;
  const source = sourceOf(principal);
  const dependent = exactValue(checked.document.subject, 'serviceName') ?? '';
  if (checked.type !== 'authorization' || !isDependentService(source.serviceName ?? '', dependent)) {
    return { target, missing: denied('A service creates authorizations only, and only for services that work for it.') };
  }
  if (principal.kind === 'cluster' && !(await findClusterIdentity(db, principal.accountId, principal.clusterId))) {
    return { target, missing: denied('A cluster that is being removed creates nothing any more.') };
  }
  const { policies } = await rightsOfSource(db, source, accountId);
  const parent = policies.all.find(({ document }) => coversDelegation(document, checked.document, targets));
  if (!parent)
    return { target, missing: denied('No one authorization with AuthorizationDelegator covers these roles and this target.') };
  return { target, record: { ...checked, accountId, parentId: parent.id } };
}

function denied(message: string): RootwardError {
  return new RootwardError('ACTION_DENIED', { message });
}
