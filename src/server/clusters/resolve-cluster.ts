import { RootwardError } from '../../contract/errors.ts';
import { type ClusterRow, findCluster, findClusterById } from '../../store/clusters/clusters.ts';
import { findDefaultGroup, findGroup, type ResourceGroupRow } from '../../store/iam/groups.ts';
import type { Db, Store } from '../../store/store.ts';
import type { Resolved } from '../handler.ts';
import type { Principal } from '../principal.ts';
import { clusterServiceTarget, clusterTarget } from './cluster-identity.ts';

interface AccountHeader {
  readonly 'x-auth-resource-account'?: string | undefined;
}

/** Throws ACCOUNT_MISMATCH if the request names another account than the token. An empty header names none. */
export function checkAccount(headers: AccountHeader, principal: Principal): void {
  const named = headers['x-auth-resource-account'];
  if (named && named !== principal.accountId) throw new RootwardError('ACCOUNT_MISMATCH');
}

export const GROUP_UNKNOWN = 'The resource group does not exist.';

/** The resource group that the header names; an absent or empty one names the default group. */
export function findGroupOf(db: Db, accountId: string, asked: string | undefined): Promise<ResourceGroupRow | undefined> {
  return asked ? findGroup(db, accountId, asked) : findDefaultGroup(db, accountId);
}

/** The cluster that a person names by id or name, in their own account. */
export async function resolveCluster(
  store: Store,
  call: { readonly principal: Principal; readonly input: { readonly headers: AccountHeader } },
  idOrName: string,
): Promise<Resolved<ClusterRow>> {
  const { principal } = call;
  checkAccount(call.input.headers, principal);
  const cluster = await findCluster(store.db, principal.accountId, idOrName);
  if (!cluster) return { target: clusterServiceTarget(principal.accountId), missing: new RootwardError('CLUSTER_NOT_FOUND') };
  return { target: clusterTarget(cluster), record: cluster };
}

/** The cluster whose own plugin or agent calls. */
export async function resolveOwnCluster(store: Store, principal: Principal): Promise<Resolved<ClusterRow>> {
  const cluster = principal.kind === 'cluster' ? await findClusterById(store.db, principal.clusterId) : undefined;
  if (!cluster) return { target: clusterServiceTarget(principal.accountId), missing: new RootwardError('CLUSTER_NOT_FOUND') };
  return { target: clusterTarget(cluster), record: cluster };
}
