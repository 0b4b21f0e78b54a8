import { parseCrn } from '../../../../contract/crn.ts';
import { findClusterIdentity } from '../../../../store/clusters/cluster-identity.ts';
import { type PolicyChange, policiesOfParent, removeDelegatedPolicies } from '../../../../store/iam/policy-changes.ts';
import type { Tx } from '../../../../store/store.ts';
import { coversDelegation } from '../../decide/delegation.ts';
import { type Attributes, matches, type PolicyDocument, parseDocument } from '../../decide/policy-document.ts';
import { CRN_PREFIX } from '../../identity.ts';
import { targetsOfPolicy } from '../target.ts';

/** Takes away what services created by an authorization and what its new document no longer covers; the ids of what went. */
export async function endUncovered(tx: Tx, parentId: string, parent: PolicyDocument, by: PolicyChange): Promise<string[]> {
  const ids: string[] = [];
  for (const { id, document, created_by } of await policiesOfParent(tx, parentId)) {
    const child = parseDocument(document);
    const source = await sourceBehind(tx, created_by);
    const covered = matches(parent.subject, source) && coversDelegation(parent, child, targetsOfPolicy(child));
    if (!covered) ids.push(id);
  }
  await removeDelegatedPolicies(tx, { ids }, by);
  return ids;
}

/** What is known of a resource by its IAM id, `crn-<CRN>`. */
async function sourceBehind(tx: Tx, iamId: string): Promise<Attributes> {
  const crn = parseCrn(iamId.slice(CRN_PREFIX.length));
  if (!crn) return {};
  const { service: serviceName, accountId, instance, location } = crn;
  const cluster =
    serviceName === 'containers-kubernetes' && accountId !== undefined
      ? await findClusterIdentity(tx, accountId, instance)
      : undefined;
  const given = (text: string | undefined) => (text === '' ? undefined : text);
  return {
    serviceName,
    accountId,
    serviceInstance: given(instance),
    region: given(location),
    resourceGroupId: cluster?.resource_group_id,
    resourceType: given(crn.resourceType),
    resource: given(crn.resource),
  };
}
