import type { Action } from '../../../contract/actions.ts';
import type { PersonPrincipal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import { byRule, type Decision } from './decision.ts';
import type { Rights } from './rights.ts';

/**
 * What every identity of an account may ask: lists, of which each item is then decided by itself, and the resource groups. The
 * service names are those of whole lists: no instance, API key or policy is a target under them (`iam` has no roles at all).
 */
const MEMBER_ACTIONS: Readonly<Partial<Record<Action, string>>> = {
  'resource-controller.instance.retrieve': 'resource-controller',
  'resource-controller.reclamation.list': 'resource-controller',
  'resource-controller.group.retrieve': 'resource-controller',
  'iam.policy.read': 'iam',
  'iam-identity.apikey.list': 'iam-identity',
  'iam-identity.serviceid.list': 'iam-identity',
  'iam-identity.profile.list': 'iam-identity',
  'iam-groups.groups.list': 'iam-groups',
  'account-management.account.read': 'account-management',
  'server.clock.read': 'rootward',
};

const OWN_KEY_ACTIONS: ReadonlySet<Action> = new Set<Action>([
  'iam-identity.apikey.create',
  'iam-identity.apikey.get',
  'iam-identity.apikey.update',
  'iam-identity.apikey.delete',
]);
/** His name, his password, and which invitations he accepts. */
const OWN_USER_ACTIONS: ReadonlySet<Action> = new Set<Action>(['user-management.user.retrieve', 'user-management.user.update']);

/** Users, service IDs and trusted profiles: built-in rules of their own account, then the union of their access policies. */
export async function decideForPerson(
  rightsIn: (accountId: string) => Promise<Rights>,
  principal: PersonPrincipal,
  action: Action,
  target: Target,
): Promise<Decision> {
  if (action.startsWith('rootward.')) return { allowed: false, reason: 'only a cluster itself may do this' };
  if (principal.accountId !== target.accountId) return { allowed: false, reason: 'the target belongs to another account' };
  if (MEMBER_ACTIONS[action] === target.serviceName) return byRule('account-member');
  if (isOwnKey(principal, action, target) || isOwnUser(principal, action, target)) return byRule('own-identity');
  const { isOwner, policies, groups } = await rightsIn(target.accountId);
  if (isOwner) return byRule('account-owner');
  const policy = policies.find(action, target);
  if (policy) return { allowed: true, policyId: policy.id, subject: policy.subject };
  const who = groups === 0 ? principal.iamId : `${principal.iamId} and of its ${groups} access groups`;
  return { allowed: false, reason: `no access policy of ${who} carries ${action} on this target` };
}

function isOwnKey(principal: PersonPrincipal, action: Action, target: Target): boolean {
  return OWN_KEY_ACTIONS.has(action) && target.serviceName === 'iam-identity' && target.resource === principal.iamId;
}

function isOwnUser(principal: PersonPrincipal, action: Action, target: Target): boolean {
  if (principal.kind !== 'user' || target.serviceName !== 'user-management') return false;
  return OWN_USER_ACTIONS.has(action) && target.resource === principal.iamId;
}
