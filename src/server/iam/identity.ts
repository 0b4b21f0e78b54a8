import { parseCrn } from '../../contract/crn.ts';
import { findClusterIdentity } from '../../store/clusters/cluster-identity.ts';
import type { ApiKeyRow } from '../../store/iam/api-keys.ts';
import { findServiceId } from '../../store/iam/service-ids.ts';
import { findUser } from '../../store/iam/users.ts';
import type { Db } from '../../store/store.ts';
import type { ClusterPrincipal, PersonPrincipal } from '../principal.ts';

export const SERVICE_ID_PREFIX = 'iam-';
export const CRN_PREFIX = 'crn-';

/** Who an API key stands for. */
export type Identity =
  | { readonly principal: PersonPrincipal; readonly email?: string }
  | { readonly principal: ClusterPrincipal; readonly email?: undefined };

/** The identity behind a key that is enabled and has not expired; undefined if either it or its holder no longer counts. */
export async function identityOfKey(db: Db, key: ApiKeyRow, now: number): Promise<Identity | undefined> {
  if (key.disabled !== 0 || (key.expires_at !== null && key.expires_at <= now)) return undefined;
  if (key.iam_id.startsWith(CRN_PREFIX)) return clusterIdentity(db, key);
  if (key.purpose !== null) return undefined;
  return key.iam_id.startsWith(SERVICE_ID_PREFIX) ? serviceIdentity(db, key) : userIdentity(db, key);
}

async function userIdentity(db: Db, key: ApiKeyRow): Promise<Identity | undefined> {
  const user = await findUser(db, key.account_id, key.iam_id);
  if (user?.state !== 'ACTIVE') return undefined;
  return { principal: person('user', key, user.name), email: user.email };
}

async function serviceIdentity(db: Db, key: ApiKeyRow): Promise<Identity | undefined> {
  const service = await findServiceId(db, key.account_id, key.iam_id.slice(SERVICE_ID_PREFIX.length));
  return service && { principal: person('service-id', key, service.name) };
}

function person(kind: PersonPrincipal['kind'], key: ApiKeyRow, name: string): PersonPrincipal {
  return Object.freeze({ kind, iamId: key.iam_id, accountId: key.account_id, name, credential: 'apikey' });
}

async function clusterIdentity(db: Db, key: ApiKeyRow): Promise<Identity | undefined> {
  const crn = key.iam_id.slice(CRN_PREFIX.length);
  const parts = parseCrn(crn);
  if (!parts || key.purpose === null || parts.service !== 'containers-kubernetes' || parts.accountId !== key.account_id) {
    return undefined;
  }
  const cluster = await findClusterIdentity(db, key.account_id, parts.instance);
  if (!cluster) return undefined;
  const principal: ClusterPrincipal = {
    kind: 'cluster',
    iamId: key.iam_id,
    accountId: key.account_id,
    name: cluster.name,
    credential: 'token',
    crn,
    clusterId: cluster.id,
    region: cluster.region,
    resourceGroupId: cluster.resource_group_id,
    role: key.purpose,
    encryptionDomain: cluster.encryption_domain,
  };
  return { principal: Object.freeze(principal) };
}
