/**
 * Who may do what beside the key service, written down from the published role tables and action lists and apart from the server's own:
 * one row for each operation.
 */
export type PlatformRow =
  /** Decided by roles, on the thing that it is about. */
  | ({ readonly kind: 'roles' } & Decided)
  /** Every identity of the account may ask; whoever has the roles on a thing sees it in the answer. */
  | ({ readonly kind: 'list' } & Decided)
  /** Every identity of the account. */
  | { readonly kind: 'members' }
  /** About the caller alone, whatever the roles. `user`: people only. */
  | { readonly kind: 'own'; readonly by: 'anybody' | 'user' }
  /** Needs no token: what it takes instead is checked elsewhere. */
  | { readonly kind: 'public' }
  /** Only a cluster's own process, about that cluster. */
  | { readonly kind: 'cluster'; readonly process: 'plugin' | 'agent' | 'service' };

interface Decided {
  readonly service: Service;
  readonly roles: readonly string[];
  readonly at: At;
  /** Where else a role lets somebody do it. */
  readonly or?: { readonly roles: readonly string[]; readonly at: At };
}

/** `KMS`: both providers, one after the other. */
export type Service =
  | 'KMS'
  | 'containers-kubernetes'
  | 'iam-identity'
  | 'iam-groups'
  | 'user-management'
  | 'account-management'
  | 'resource-controller'
  | 'rootward';

/** What an operation is about: it says by which attributes a policy can be scoped and still reach it (scoped-places.ts). */
export type At =
  | 'instance'
  | 'deleted instance'
  | 'new instance'
  | 'instance policy'
  | 'every policy'
  | 'key'
  | 'cluster'
  | 'new cluster'
  | 'identity'
  | 'service ID'
  | 'new service ID'
  | 'profile'
  | 'new profile'
  | 'access group'
  | 'access groups'
  | 'all access groups'
  | 'user'
  | 'invited user'
  | 'users'
  | 'account itself'
  | 'new account'
  | 'resource group'
  | 'new resource group'
  | 'clock'
  | 'backup'
  | 'signing key';

const LETTERS: Readonly<Record<string, string>> = { V: 'Viewer', O: 'Operator', E: 'Editor', A: 'Administrator' };

const rolesOf = (letters: string): string[] =>
  letters.split('').map((letter) => {
    const role = LETTERS[letter];
    if (!role) throw new Error(`no role ${letter}`);
    return role;
  });

type OfService = (letters: string, at: At) => PlatformRow;
const roles =
  (service: Service): OfService =>
  (letters, at) => ({ kind: 'roles', service, roles: rolesOf(letters), at });
const listed =
  (service: Service): OfService =>
  (letters, at) => ({ kind: 'list', service, roles: rolesOf(letters), at });

/** Whoever may read every policy of the account may read this one. */
const orOfAll = (row: PlatformRow): PlatformRow =>
  row.kind === 'roles' || row.kind === 'list' ? { ...row, or: { roles: rolesOf('VA'), at: 'every policy' } } : row;

const kms = roles('KMS');
const cluster = roles('containers-kubernetes');
const identity = roles('iam-identity');
const accessGroup = roles('iam-groups');
const user = roles('user-management');
const account = roles('account-management');
const group = roles('resource-controller');
const server = roles('rootward');
const open: PlatformRow = { kind: 'public' };
const members: PlatformRow = { kind: 'members' };
const own = (by: 'anybody' | 'user'): PlatformRow => ({ kind: 'own', by });
const only = (process: 'plugin' | 'agent' | 'service'): PlatformRow => ({ kind: 'cluster', process });

/** By the name of the operation. */
export const PLATFORM_ROWS: Readonly<Record<string, PlatformRow>> = {
  // Logging in
  'tokens.create': open,
  'tokens.introspect': open,
  'tokens.keys': open,
  'tokens.discovery': open,
  'login.providers': open,
  'login.begin': open,
  'login.finish': open,
  'login.password': open,
  'passcodes.create': own('user'),
  'sessions.end': own('anybody'),
  'signing-keys.rotate': server('A', 'signing key'),

  // API keys and service IDs
  'api-keys.create': identity('OEA', 'identity'),
  'api-keys.get': identity('VOEA', 'identity'),
  'api-keys.details': identity('VOEA', 'identity'),
  'api-keys.list': listed('iam-identity')('VOEA', 'identity'),
  'api-keys.update': identity('OEA', 'identity'),
  'api-keys.delete': identity('OEA', 'identity'),
  'api-keys.lock': identity('OEA', 'identity'),
  'api-keys.unlock': identity('OEA', 'identity'),
  'api-keys.disable': identity('OEA', 'identity'),
  'api-keys.enable': identity('OEA', 'identity'),
  'api-keys.rotate': identity('OEA', 'identity'),
  'service-ids.create': identity('OEA', 'new service ID'),
  'service-ids.get': identity('VOEA', 'service ID'),
  'service-ids.list': listed('iam-identity')('VOEA', 'service ID'),
  'service-ids.update': identity('OEA', 'service ID'),
  'service-ids.delete': identity('A', 'service ID'),
  'service-ids.lock': identity('OEA', 'service ID'),
  'service-ids.unlock': identity('OEA', 'service ID'),

  // Trusted profiles
  'trusted-profiles.create': identity('EA', 'new profile'),
  'trusted-profiles.list': listed('iam-identity')('VOEA', 'profile'),
  'trusted-profiles.get': identity('VOEA', 'profile'),
  'trusted-profiles.update': identity('EA', 'profile'),
  'trusted-profiles.delete': identity('A', 'profile'),
  'trusted-profiles.get-identities': identity('VOEA', 'profile'),
  'trusted-profiles.set-identities': identity('EA', 'profile'),
  'trusted-profiles.add-identity': identity('EA', 'profile'),
  'trusted-profiles.get-identity': identity('VOEA', 'profile'),
  'trusted-profiles.delete-identity': identity('EA', 'profile'),
  'trusted-profiles.create-rule': identity('EA', 'profile'),
  'trusted-profiles.list-rules': identity('VOEA', 'profile'),
  'trusted-profiles.get-rule': identity('VOEA', 'profile'),
  'trusted-profiles.update-rule': identity('EA', 'profile'),
  'trusted-profiles.delete-rule': identity('EA', 'profile'),
  'trusted-profiles.links-create': identity('EA', 'new profile'),
  'trusted-profiles.links-list': identity('VOEA', 'new profile'),
  'trusted-profiles.links-delete-all': identity('EA', 'new profile'),
  'trusted-profiles.links-get': identity('VOEA', 'new profile'),
  'trusted-profiles.links-delete': identity('EA', 'new profile'),

  // Access groups
  'access-groups.create': accessGroup('EA', 'access groups'),
  'access-groups.list': listed('iam-groups')('VOEA', 'access group'),
  'access-groups.get': accessGroup('VOEA', 'access group'),
  'access-groups.update': accessGroup('EA', 'access group'),
  'access-groups.delete': accessGroup('EA', 'access group'),
  'access-groups.add-members': accessGroup('EA', 'access group'),
  'access-groups.list-members': accessGroup('VOEA', 'access group'),
  'access-groups.is-member': accessGroup('VOEA', 'access group'),
  'access-groups.remove-member': accessGroup('EA', 'access group'),
  'access-groups.remove-members': accessGroup('EA', 'access group'),
  'access-groups.leave-all': accessGroup('EA', 'all access groups'),
  'access-groups.join-many': accessGroup('EA', 'all access groups'),
  'access-groups.rules-create': accessGroup('EA', 'access groups'),
  'access-groups.rules-list': accessGroup('VOEA', 'access groups'),
  'access-groups.rules-get': accessGroup('VOEA', 'access groups'),
  'access-groups.rules-update': accessGroup('EA', 'access groups'),
  'access-groups.rules-delete': accessGroup('EA', 'access groups'),
  'access-groups.settings-get': accessGroup('VOEA', 'access groups'),
  'access-groups.settings-update': accessGroup('EA', 'access groups'),

  // Accounts, their users and invitations
  'accounts.create': server('A', 'new account'),
  'accounts.list': members,
  'accounts.get': members,
  'accounts.update': account('A', 'account itself'),
  'users.list': user('VOEA', 'users'),
  'users.invite': user('EA', 'users'),
  'users.get': user('VOEA', 'user'),
  'users.update': user('EA', 'user'),
  'users.remove': user('EA', 'user'),
  'users.accept': own('user'),
  'users.set-password': own('user'),
  'invitations.accept': open,
  'invitations.list': user('VOEA', 'users'),
  'invitations.delete': user('EA', 'invited user'),
  'invitations.renew': user('EA', 'invited user'),

  // Policies: those of the target decide, as for a KMS instance
  'policies.create': kms('A', 'instance policy'),
  'policies.create-v2': kms('A', 'instance policy'),
  'policies.get': orOfAll(kms('A', 'instance policy')),
  'policies.get-v2': orOfAll(kms('A', 'instance policy')),
  'policies.list': orOfAll(listed('KMS')('A', 'instance policy')),
  'policies.list-v2': orOfAll(listed('KMS')('A', 'instance policy')),
  'policies.replace': kms('A', 'instance policy'),
  'policies.replace-v2': kms('A', 'instance policy'),
  'policies.restore': kms('A', 'instance policy'),
  'policies.delete': kms('A', 'instance policy'),
  'roles.list': members,
  'decisions.authorize': members,
  'decisions.roles': members,
  'decisions.explain': orOfAll(kms('A', 'key')),

  // Instances and resource groups
  'instances.create': kms('EA', 'new instance'),
  'instances.create-v1': kms('EA', 'new instance'),
  'instances.get': kms('VOEA', 'instance'),
  'instances.list': listed('KMS')('VOEA', 'instance'),
  'instances.update': kms('EA', 'instance'),
  'instances.delete': kms('EA', 'instance'),
  'instances.lock': kms('EA', 'instance'),
  'instances.unlock': kms('EA', 'instance'),
  'instances.cancel': kms('EA', 'instance'),
  'instances.list-keys': members,
  'instances.list-keys-of': kms('VOEA', 'instance'),
  'instances.create-keys': kms('OEA', 'instance'),
  'instances.list-bindings': members,
  'instances.list-bindings-of': kms('VOEA', 'instance'),
  'instances.create-bindings': kms('OEA', 'instance'),
  'instances.list-aliases': members,
  'instances.list-aliases-of': kms('VOEA', 'instance'),
  'instances.create-aliases': kms('EA', 'instance'),
  'reclamations.list': listed('KMS')('EA', 'deleted instance'),
  'reclamations.restore': kms('EA', 'deleted instance'),
  'reclamations.reclaim': kms('EA', 'deleted instance'),
  'groups.list': members,
  'groups.get': members,
  'groups.quotas': members,
  'groups.create': group('EA', 'new resource group'),
  'groups.update': group('EA', 'resource group'),
  'groups.delete': group('EA', 'resource group'),

  'catalog.list': open,
  'catalog.get': open,
  'catalog.children': open,
  'search.find': listed('KMS')('VOEA', 'instance'),
  'search.tags': kms('VOEA', 'instance'),

  // The Kubernetes service
  'clusters.create': cluster('A', 'new cluster'),
  'clusters.get': cluster('VOEA', 'cluster'),
  'clusters.list': cluster('VOEA', 'cluster'),
  'clusters.delete': cluster('A', 'cluster'),
  'clusters.kubeconfig': cluster('A', 'cluster'),
  'clusters.refresh-master': cluster('OA', 'cluster'),
  'clusters.refresh-master-v1': cluster('OA', 'cluster'),
  'clusters.key-state': only('service'),
  'api-key-owners.get': cluster('VOEA', 'cluster'),
  'api-key-owners.reset': cluster('A', 'new cluster'),
  'enabling.enable': cluster('A', 'cluster'),
  'enabling.enable-v1': cluster('A', 'cluster'),
  'enabling.instances': cluster('VOEA', 'cluster'),
  'enabling.root-keys': cluster('VOEA', 'cluster'),
  'enabling.control': cluster('A', 'cluster'),
  'agents.plugin-state': only('plugin'),
  'agents.poll': only('agent'),
  'agents.progress': only('agent'),
  'agents.report': only('agent'),

  // The server
  'clock.read': members,
  'clock.accept': server('A', 'clock'),
  'backups.create': server('A', 'backup'),
  'backups.list': server('VA', 'backup'),
  'backups.record': open,
};
