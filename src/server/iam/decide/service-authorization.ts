import { type Action, AUTHORIZATION_DELEGATOR } from '../../../contract/actions.ts';
import { policiesOfSubject } from '../../../store/iam/policies.ts';
import type { Store } from '../../../store/store.ts';
import type { Target } from '../../target.ts';
import { clusterSourceKey, sourceAttributes } from './cluster.ts';
import { attributesOf, matches, parseDocument, rolesCarry } from './policy-document.ts';

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
  store: Pick<Store, 'db'>,
  question: AuthorizationQuestion,
): Promise<ServiceAuthorization> {
  const { clusterAccountId, clusterId, region, kms } = question;
  const source = sourceAttributes(clusterAccountId, clusterId, region);
  const target = attributesOf(kms);
  let policyId: string | undefined;
  let delegator = false;
  for (const { id, document } of await policiesOfSubject(store.db, kms.accountId, clusterSourceKey(clusterAccountId))) {
    const policy = parseDocument(document);
    if (!matches(policy.subject, source) || !matches(policy.resource, target)) continue;
    if (READER_NEEDS.every((action) => rolesCarry(policy, kms.serviceName, action))) policyId ??= id;
    delegator ||= policy.roles.includes(AUTHORIZATION_DELEGATOR);
  }
  return policyId === undefined ? { reader: false, delegator } : { reader: true, delegator, policyId };
}
