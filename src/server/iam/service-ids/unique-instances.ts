import { ROLES } from '../../../contract/actions.ts';
import { formatCrn, parseCrn } from '../../../contract/crn.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { type ClusterRow, findCluster } from '../../../store/clusters/clusters.ts';
import { findAccount } from '../../../store/iam/accounts.ts';
import type { Db } from '../../../store/store.ts';
import type { Principal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import type { IamDeps } from '../iam-deps.ts';

const CLUSTERS = 'containers-kubernetes';
type Deps = Pick<IamDeps, 'store' | 'decide'>;

/** Undefined if every CRN is that of an instance of this account, and for a cluster of one that is there; else INVALID_FIELD. */
export async function refuseUnknownInstances(
  db: Db,
  accountId: string,
  crns: readonly string[],
): Promise<RootwardError | undefined> {
  for (const [index, text] of crns.entries()) {
    const crn = parseCrn(text);
    const wrong = (why: string): RootwardError =>
      new RootwardError('INVALID_FIELD', {
        message: `Field unique_instance_crns.${index} ${why}.`,
        target: { type: 'field', name: `unique_instance_crns.${index}` },
      });
    if (!crn || crn.instance === '' || formatCrn(crn) !== text) return wrong('is not the CRN of an instance');
    if (crn.accountId !== accountId) return wrong('is not of this account');
    if (crn.service === CLUSTERS && !(await clusterOf(db, accountId, text))) return wrong('is not a cluster of this account');
  }
  return undefined;
}

/**
 * Whoever lets a service ID ask for tokens as an instance gives away all that the instance may do. For a cluster that takes the right
 * to create it; for another service that to grant access to it; for what is no service here, the owner of the account.
 */
export async function refuseForeignInstances(
  { store, decide }: Deps,
  principal: Principal,
  accountId: string,
  crns: readonly string[],
): Promise<RootwardError | undefined> {
  for (const crn of crns) {
    if (await mayActAs(crn)) continue;
    return new RootwardError('ACTION_DENIED', { message: `You may not let anybody act as ${crn}.` });
  }
  return undefined;

  async function mayActAs(text: string): Promise<boolean> {
    const service = parseCrn(text)?.service ?? '';
    if (service === CLUSTERS) {
      const cluster = await clusterOf(store.db, accountId, text);
      // One that is gone can do nothing, and its id does not come back.
      return !cluster || (await decide(principal, 'containers-kubernetes.cluster.create', targetOfCluster(cluster))).allowed;
    }
    if (Object.hasOwn(ROLES, service))
      return (await decide(principal, 'iam.policy.create', { serviceName: service, accountId, whole: true })).allowed;
    return (await findAccount(store.db, accountId))?.owner_iam_id === principal.iamId;
  }
}

async function clusterOf(db: Db, accountId: string, crn: string): Promise<ClusterRow | undefined> {
  const id = parseCrn(crn)?.instance ?? '';
  const row = await findCluster(db, accountId, id);
  const isIt = row && formatCrn({ service: CLUSTERS, location: row.region, accountId, instance: row.id }) === crn;
  return isIt ? row : undefined;
}

function targetOfCluster(row: ClusterRow): Target {
  return {
    serviceName: CLUSTERS,
    accountId: row.account_id,
    region: row.region,
    resourceGroupId: row.resource_group_id,
    serviceInstance: row.id,
  };
}
