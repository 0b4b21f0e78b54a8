import { parseCrn } from '../../../contract/crn.ts';
import { RootwardError } from '../../../contract/errors.ts';
import type { ClusterPrincipal, Principal } from '../../principal.ts';

/** The service that calls, if it may speak for `resourceCrn`: a cluster only for itself and what belongs to it. */
export function ownerOf(principal: Principal, resourceCrn: string): ClusterPrincipal {
  if (principal.kind !== 'cluster') throw new RootwardError('SERVICE_ONLY');
  const crn = parseCrn(resourceCrn);
  if (!crn)
    throw new RootwardError('INVALID_FIELD', {
      message: 'The resource is not named by a CRN.',
      target: { type: 'field', name: 'resourceCrn' },
    });
  const isOwn =
    crn.service === 'containers-kubernetes' && crn.accountId === principal.accountId && crn.instance === principal.clusterId;
  if (!isOwn) throw new RootwardError('RESOURCE_OWNER');
  return principal;
}
