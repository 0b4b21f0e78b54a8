import type { Action } from '../../../contract/actions.ts';
import { formatCrn, parseCrn } from '../../../contract/crn.ts';
import { findClusterIdentity } from '../../../store/clusters/cluster-identity.ts';
import { findServiceId } from '../../../store/iam/service-ids.ts';
import { findProfileByIamId } from '../../../store/iam/trusted-profiles.ts';
import { findUser } from '../../../store/iam/users.ts';
import type { Db } from '../../../store/store.ts';
import type { ClusterPrincipal, PersonPrincipal, Principal, ServicePrincipal } from '../../principal.ts';
import { CRN_PREFIX, SERVICE_ID_PREFIX } from '../identity.ts';

const PROFILE_PREFIX = 'iam-Profile-';

/** Which of a cluster's processes does what only one of them does; all else is asked about the server acting for it. */
const PROCESS: Readonly<Partial<Record<Action, ClusterPrincipal['role']>>> = {
  'rootward.plugin.state': 'plugin',
  'rootward.agent.execute': 'agent',
};

/**
 * Who a question is about: an identity of the account, or an instance of a service, of whatever account (a service authorization
 * may be about one). Undefined if there is none, or if it may not log in.
 */
export async function subjectOf(db: Db, accountId: string, iamId: string, action?: Action): Promise<Principal | undefined> {
  if (iamId.startsWith(CRN_PREFIX)) return sourceOfCrn(db, accountId, iamId.slice(CRN_PREFIX.length), action);
  if (iamId.startsWith(PROFILE_PREFIX)) {
    const profile = await findProfileByIamId(db, accountId, iamId);
    return profile && person('profile', iamId, accountId, profile.name);
  }
  if (iamId.startsWith(SERVICE_ID_PREFIX)) {
    const service = await findServiceId(db, accountId, iamId.slice(SERVICE_ID_PREFIX.length));
    return service && person('service-id', iamId, accountId, service.name);
  }
  const user = await findUser(db, accountId, iamId);
  return user?.state === 'ACTIVE' ? person('user', iamId, accountId, user.name) : undefined;
}

function person(kind: PersonPrincipal['kind'], iamId: string, accountId: string, name: string): PersonPrincipal {
  return { kind, iamId, accountId, name, credential: 'token' };
}

async function sourceOfCrn(
  db: Db,
  ownAccountId: string,
  crn: string,
  action: Action | undefined,
): Promise<Principal | undefined> {
  const parts = parseCrn(crn);
  if (!parts || parts.accountId === '' || formatCrn(parts) !== crn) return undefined;
  const { service, accountId, location, instance, resourceType, resource } = parts;
  const common = { iamId: CRN_PREFIX + crn, accountId, credential: 'token', crn } as const;
  if (service === 'containers-kubernetes' && resourceType === '' && instance !== '') {
    const stored = await findClusterIdentity(db, accountId, instance);
    const cluster = stored?.region === location ? stored : undefined;
    // Whoever may authorize another account's clusters does not learn which ones there are: one that is unknown is answered as if it were.
    if (!cluster && accountId === ownAccountId) return undefined;
    return {
      ...common,
      kind: 'cluster',
      name: cluster?.name ?? instance,
      clusterId: instance,
      region: location,
      resourceGroupId: cluster?.resource_group_id ?? '',
      role: (action && PROCESS[action]) ?? 'service',
      encryptionDomain: cluster?.encryption_domain ?? '',
    };
  }
  const source: ServicePrincipal['source'] = {
    serviceName: service,
    accountId,
    ...(instance !== '' && { serviceInstance: instance }),
    ...(location !== '' && { region: location }),
    ...(resourceType !== '' && { resourceType }),
    ...(resource !== '' && { resource }),
  };
  return { ...common, kind: 'service', name: crn, source };
}
