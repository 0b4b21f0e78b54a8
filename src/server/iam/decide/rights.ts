import { groupsOf } from '../../../store/iam/access-groups.ts';
import { findAccount } from '../../../store/iam/accounts.ts';
import { policiesOfSubjects } from '../../../store/iam/policies.ts';
import type { Db } from '../../../store/store.ts';
import type { ClusterPrincipal, PersonPrincipal, ServicePrincipal } from '../../principal.ts';
import { type Attributes, matches, type PolicyDocument, parseDocument } from './policy-document.ts';
import { createPolicySet, type PolicySet } from './policy-set.ts';
import { sourceKeys } from './subject-key.ts';

/** What a decision about somebody in one account goes by; read once, until the next change of IAM. */
export interface Rights {
  /** The owner of the account may do everything in it. */
  readonly isOwner: boolean;
  /** How many access groups of the account there are in `policies`. */
  readonly groups: number;
  readonly policies: PolicySet;
}

/** A user, a service ID or a trusted profile: its own access policies, and those of the access groups that it is in. */
export async function rightsOfPerson(db: Db, { iamId }: PersonPrincipal, accountId: string): Promise<Rights> {
  const account = await findAccount(db, accountId);
  const groups = await groupsOf(db, accountId, iamId);
  const fits = ([only, ...others]: PolicyDocument['subject'], key: string): boolean =>
    others.length === 0 && only?.name === (key === iamId ? 'iam_id' : 'access_group_id') && only.value === key;
  return {
    isOwner: account?.owner_iam_id === iamId,
    groups: groups.length,
    policies: await policiesOf(db, accountId, [iamId, ...groups], fits),
  };
}

/** A cluster, or another instance of a service: the service authorizations of the account whose conditions hold for it. */
export async function rightsOfSource(db: Db, source: Attributes, accountId: string): Promise<Rights> {
  const keys = sourceKeys(source.serviceName ?? '', source.accountId ?? '');
  return { isOwner: false, groups: 0, policies: await policiesOf(db, accountId, keys, (subject) => matches(subject, source)) };
}

/** What conditions on the source of a service authorization are held against. */
export function sourceOf(principal: ClusterPrincipal | ServicePrincipal): Attributes {
  if (principal.kind === 'service') return { ...principal.source };
  const { accountId, clusterId, region, resourceGroupId } = principal;
  return { serviceName: 'containers-kubernetes', accountId, serviceInstance: clusterId, region, resourceGroupId };
}

async function policiesOf(
  db: Db,
  accountId: string,
  keys: readonly string[],
  fits: (subject: PolicyDocument['subject'], key: string) => boolean,
): Promise<PolicySet> {
  const held = (await policiesOfSubjects(db, accountId, keys)).map(({ id, subject_key: subject, document }) => ({
    id,
    subject,
    document: parseDocument(document),
  }));
  return createPolicySet(held.filter(({ subject, document }) => fits(document.subject, subject)));
}
