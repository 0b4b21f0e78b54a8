import { formatCrn, parseCrn } from '../../contract/crn.ts';
import { findClusterIdentity } from '../../store/clusters/cluster-identity.ts';
import type { ApiKeyRow } from '../../store/iam/api-keys.ts';
import { findServiceId } from '../../store/iam/service-ids.ts';
import { findUser } from '../../store/iam/users.ts';
import type { Db } from '../../store/store.ts';
import type { AnonymousPrincipal, ClusterPrincipal, LoginSource, PersonPrincipal, Principal } from '../principal.ts';

export const SERVICE_ID_PREFIX = 'iam-';
export const PROFILE_PREFIX = 'iam-Profile-';
export const CRN_PREFIX = 'crn-';
const CLUSTER_SERVICE = 'containers-kubernetes';

/** Who a credential stands for. */
export interface Identity {
  readonly principal: Exclude<Principal, AnonymousPrincipal>;
  /** Of a user. */
  readonly email?: string;
  /** Of a user: what the `iamId` begins with. */
  readonly realm?: string;
}

/** A user or service ID, and how it logged in. */
export interface LoggedIn {
  readonly accountId: string;
  readonly iamId: string;
  readonly credential: PersonPrincipal['credential'];
  readonly login: LoginSource;
}

/** The user or service ID as the account knows it now; undefined if it no longer counts there. */
export async function identityOf(db: Db, who: LoggedIn): Promise<Identity | undefined> {
  if (who.iamId.startsWith(SERVICE_ID_PREFIX)) {
    const service = await findServiceId(db, who.accountId, who.iamId.slice(SERVICE_ID_PREFIX.length));
    return service && { principal: Object.freeze({ kind: 'service-id', name: service.name, ...who }) };
  }
  const user = await findUser(db, who.accountId, who.iamId);
  if (user?.state !== 'ACTIVE') return undefined;
  return { principal: Object.freeze({ kind: 'user', name: user.name, ...who }), email: user.email, realm: user.realm };
}

/** The identity behind a key that is enabled and has not expired; undefined if either it or its holder no longer counts. */
export async function identityOfKey(
  db: Db,
  key: ApiKeyRow,
  now: number,
  login: LoginSource = { apiKeyId: key.id },
): Promise<Identity | undefined> {
  if (key.disabled !== 0 || (key.expires_at !== null && key.expires_at <= now)) return undefined;
  if (key.iam_id.startsWith(CRN_PREFIX)) {
    const crn = key.iam_id.slice(CRN_PREFIX.length);
    return key.purpose === null ? undefined : clusterIdentity(db, key.account_id, crn, key.purpose);
  }
  if (key.purpose !== null) return undefined;
  return identityOf(db, { accountId: key.account_id, iamId: key.iam_id, credential: 'apikey', login });
}

/** The cluster of the account that has exactly this CRN. */
export async function clusterIdentity(
  db: Db,
  accountId: string,
  crn: string,
  role: ClusterPrincipal['role'],
): Promise<Identity | undefined> {
  const parts = parseCrn(crn);
  if (parts?.service !== CLUSTER_SERVICE || parts.accountId !== accountId) return undefined;
  const cluster = await findClusterIdentity(db, accountId, parts.instance);
  if (!cluster) return undefined;
  const own = formatCrn({ service: CLUSTER_SERVICE, location: cluster.region, accountId, instance: cluster.id });
  if (own !== crn) return undefined;
  const principal: ClusterPrincipal = {
    kind: 'cluster',
    iamId: CRN_PREFIX + crn,
    accountId,
    name: cluster.name,
    credential: 'token',
    crn,
    clusterId: cluster.id,
    region: cluster.region,
    resourceGroupId: cluster.resource_group_id,
    role,
    encryptionDomain: cluster.encryption_domain,
  };
  return { principal: Object.freeze(principal) };
}

/** A CRN identity of a service whose instances this server does not keep. */
export function isOfClusters(crn: string): boolean {
  return parseCrn(crn)?.service === CLUSTER_SERVICE;
}
