import { type Action, AUTHORIZATION_DELEGATOR } from '../../../contract/actions.ts';
import type { Store } from '../../../store/store.ts';
import type { Target } from '../../target.ts';
import { attributesOf, matches, type PolicyDocument, rolesCarry } from './policy-document.ts';
import { rightsOfSource } from './rights.ts';

export interface ServiceAuthorization {
  /** At least Reader: the cluster may wrap, unwrap, read key metadata and register. */
  readonly reader: boolean;
  /** The cluster's service may create further authorizations (encrypted worker disks need it). */
  readonly delegator: boolean;
  /** The oldest policy that gives Reader. */
  readonly policyId?: string;
}

export interface AuthorizationQuestion {
  readonly clusterAccountId: string;
  readonly clusterId: string;
  readonly region: string;
  readonly resourceGroupId: string;
  /** Instance, key ring and key, in the account that owns them. */
  readonly kms: Target;
}

const READER_NEEDS: readonly Action[] = [
  'kms.secrets.wrap',
  'kms.secrets.unwrap',
  'kms.secrets.readmetadata',
  'kms.registrations.create',
];

/** What the service authorizations of the KMS owner's account allow a cluster; enabling asks this before it starts. */
export async function findServiceAuthorization(
  { db }: Pick<Store, 'db'>,
  { kms, ...cluster }: AuthorizationQuestion,
): Promise<ServiceAuthorization> {
  const { clusterAccountId: accountId, clusterId: serviceInstance, region, resourceGroupId } = cluster;
  const source = { serviceName: 'containers-kubernetes', accountId, serviceInstance, region, resourceGroupId };
  const { policies } = await rightsOfSource(db, source, kms.accountId);
  const target = attributesOf(kms);
  let policyId: string | undefined;
  let delegator = false;
  for (const { id, document } of policies.all) {
    if (!matches(document.resource, target)) continue;
    if (carriesReader(document, kms.serviceName)) policyId ??= id;
    delegator ||= document.roles.includes(AUTHORIZATION_DELEGATOR);
  }
  return policyId === undefined ? { reader: false, delegator } : { reader: true, delegator, policyId };
}

/** Do its roles let a cluster do with a root key of that service all that enabling needs? */
export function carriesReader(document: PolicyDocument, service: string): boolean {
  return READER_NEEDS.every((action) => rolesCarry(document, service, action));
}
