import { RootwardError } from '../../../../contract/errors.ts';
import { type ClusterOfKms, clustersOfKms } from '../../../../store/clusters/clusters-of-kms.ts';
import { type PolicyRow, policiesOfSubjects } from '../../../../store/iam/policies.ts';
import type { Tx } from '../../../../store/store.ts';
import type { Target } from '../../../target.ts';
import { type Attributes, attributesOf, matches, type PolicyDocument, parseDocument } from '../../decide/policy-document.ts';
import { carriesReader } from '../../decide/service-authorization.ts';
import { sourceKeys } from '../../decide/subject-key.ts';

/** Named in the refusal; of more there are only counted. */
const MOST_NAMES = 20;

/**
 * Throws POLICY_IN_USE, with the names of the clusters, if there are enabled clusters that may use their root key by this
 * authorization and by no other one that stays; `replacement`: what it says from now on.
 */
export async function refuseStranding(tx: Tx, row: PolicyRow, replacement: PolicyDocument | undefined): Promise<void> {
  if (row.type !== 'authorization') return;
  const stranded: ClusterOfKms[] = [];
  const before = parseDocument(row.document);
  for (const cluster of await clustersOfKms(tx, row.account_id)) {
    if (!opens(before, cluster, row.account_id)) continue;
    if (replacement && opens(replacement, cluster, row.account_id)) continue;
    if (!(await opensOtherwise(tx, row, cluster))) stranded.push(cluster);
  }
  if (stranded.length === 0) return;
  const names = stranded.slice(0, MOST_NAMES).map((cluster) => nameFor(row.account_id, cluster));
  const more = stranded.length > MOST_NAMES ? ` and ${stranded.length - MOST_NAMES} more` : '';
  const command = replacement ? '' : `, or run: rootward iam authorization-policy-delete ${row.id} --force`;
  throw new RootwardError('POLICY_IN_USE', {
    message: `Clusters live on this service authorization: ${names.join(', ')}${more}. Without it they cannot read their Secrets. To do it all the same, give the query parameter force=true${command}`,
  });
}

async function opensOtherwise(tx: Tx, row: PolicyRow, cluster: ClusterOfKms): Promise<boolean> {
  const keys = sourceKeys('containers-kubernetes', cluster.account_id);
  const others = await policiesOfSubjects(tx, row.account_id, keys);
  return others.some(({ id, document }) => id !== row.id && opens(parseDocument(document), cluster, row.account_id));
}

/** Does the authorization let this cluster use its root key? */
function opens(document: PolicyDocument, cluster: ClusterOfKms, kmsAccountId: string): boolean {
  const key = keyOf(cluster, kmsAccountId);
  return (
    matches(document.subject, sourceOfCluster(cluster)) &&
    matches(document.resource, attributesOf(key)) &&
    carriesReader(document, key.serviceName)
  );
}

function sourceOfCluster({ id, account_id, region, resource_group_id }: ClusterOfKms): Attributes {
  return {
    serviceName: 'containers-kubernetes',
    accountId: account_id,
    serviceInstance: id,
    region,
    resourceGroupId: resource_group_id,
  };
}

function keyOf(cluster: ClusterOfKms, accountId: string): Target {
  return {
    serviceName: cluster.kms_service ?? 'kms',
    accountId,
    ...(cluster.instance_region !== null && { region: cluster.instance_region }),
    ...(cluster.instance_group_id !== null && { resourceGroupId: cluster.instance_group_id }),
    ...(cluster.kms_instance_id !== null && { serviceInstance: cluster.kms_instance_id }),
    ...(cluster.key_ring_id !== null && { keyRing: cluster.key_ring_id }),
    ...(cluster.kms_key_id !== null && { resourceType: 'key', resource: cluster.kms_key_id }),
  };
}

/** The name of a cluster is its own account's affair; others know it by the id that its registrations carry anyway. */
function nameFor(accountId: string, { id, name, account_id }: ClusterOfKms): string {
  return account_id === accountId ? name : `${id} (account ${account_id})`;
}
