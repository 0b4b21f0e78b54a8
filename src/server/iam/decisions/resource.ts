import { parseCrn } from '../../../contract/crn.ts';
import type { AskedResource } from '../../../contract/decisions/question.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findClusterById } from '../../../store/clusters/clusters.ts';
import { findApiKey } from '../../../store/iam/api-keys.ts';
import { findInstance } from '../../../store/instances.ts';
import type { Target } from '../../target.ts';
import type { IamDeps } from '../iam-deps.ts';

const KMS: ReadonlySet<string> = new Set(['kms', 'hs-crypto']);

/** What a question names, as far as it says. Throws INVALID_FIELD if it names nothing. */
export function namedResource({ crn: text, attributes }: AskedResource): Target {
  if ((text === undefined) === (attributes === undefined)) {
    throw invalid('resource has either a crn or attributes');
  }
  if (attributes) return attributes;
  const crn = parseCrn(text ?? '');
  if (!crn || crn.accountId === '') throw invalid('crn is not the CRN of a resource of an account');
  const { service: serviceName, accountId, location, instance, resourceType, resource } = crn;
  return {
    serviceName,
    accountId,
    ...(location !== '' && { region: location }),
    ...(instance !== '' && { serviceInstance: instance }),
    ...(resourceType !== '' && { resourceType }),
    ...(resource !== '' && { resource }),
  };
}

/**
 * The target on which a real request would be decided: with the region and resource group of the instance, and the key ring of the
 * key, as they are stored. What does not exist is decided by what was said of it.
 */
export async function realTarget({ store: { db }, keyRows }: Pick<IamDeps, 'store' | 'keyRows'>, named: Target): Promise<Target> {
  const { serviceName, accountId, serviceInstance } = named;
  if (serviceName === 'iam-identity' && named.resourceType === 'apikey' && named.resource !== undefined) {
    const key = await findApiKey(db, accountId, named.resource);
    return key ? { serviceName, accountId, resourceType: 'identity', resource: key.iam_id } : named;
  }
  if (serviceInstance === undefined) return named;
  if (serviceName === 'containers-kubernetes') {
    const cluster = await findClusterById(db, serviceInstance);
    if (cluster?.account_id !== accountId) return named;
    return { ...named, region: cluster.region, resourceGroupId: cluster.resource_group_id };
  }
  if (!KMS.has(serviceName)) return named;
  const instance = await findInstance(db, accountId, serviceInstance);
  if (instance?.service !== serviceName) return named;
  const target = { ...named, region: instance.region, resourceGroupId: instance.resource_group_id };
  if (named.resourceType !== 'key' || named.resource === undefined) return target;
  const key = await keyRows.find(db, serviceInstance, named.resource);
  return key ? { ...target, keyRing: key.key_ring_id } : target;
}

function invalid(why: string): RootwardError {
  return new RootwardError('INVALID_FIELD', { message: `Field resource: ${why}.`, target: { type: 'field', name: 'resource' } });
}
