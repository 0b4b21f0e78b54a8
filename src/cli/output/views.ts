import { GROUPS } from '../../contract/views/account-columns.ts';
import { API_KEY_OWNER } from '../../contract/views/api-key-owner-columns.ts';
import { BACKUPS } from '../../contract/views/backup-columns.ts';
import { CLUSTER_LIST, CLUSTER_PAGE } from '../../contract/views/cluster-columns.ts';
import { EXPLAINED_DECISION } from '../../contract/views/decision-columns.ts';
import { AUTHORIZATIONS, POLICIES, ROLES } from '../../contract/views/iam-policy-columns.ts';
import {
  ACCESS_GROUPS,
  API_KEY_LIST,
  API_KEY_PAGE,
  CLAIM_RULES,
  MEMBER_RESULTS,
  MEMBERS,
  NEW_API_KEY_PAGE,
  PROFILE_IDENTITIES,
  SERVICE_ID_LIST,
  SERVICE_ID_PAGE,
  TRUSTED_PROFILE_LIST,
  TRUSTED_PROFILE_PAGE,
  TRUSTED_PROFILES,
} from '../../contract/views/identity-columns.ts';
import { IMPORT_TOKEN, RETRIEVED_IMPORT_TOKEN } from '../../contract/views/import-token-columns.ts';
import { INSTANCE_LIST, INSTANCE_PAGE, RECLAMATIONS } from '../../contract/views/instance-columns.ts';
import { KEY_LIST, KEY_PAGE, KEY_RINGS, KEY_VERSIONS, REGISTRATIONS } from '../../contract/views/key-columns.ts';
import { INSTANCE_POLICIES, KEY_POLICIES } from '../../contract/views/policy-columns.ts';
import { ACCOUNTS, INVITATIONS, NEW_ACCOUNT, USERS } from '../../contract/views/user-columns.ts';
import { show, type View } from './view.ts';

const { field, list, page } = show;
const RESOURCES = 'resources';
const DEK = [field('Ciphertext', 'ciphertext'), field('Plaintext', 'plaintext')];

/** Operation → how its answer is shown. An operation that is not here is shown field by field. */
export const VIEWS: Readonly<Record<string, View>> = {
  'keys.create': page(KEY_PAGE, RESOURCES),
  'keys.list': list(KEY_LIST, 'There are no keys in this instance.', RESOURCES),
  'keys.get': page(KEY_PAGE, RESOURCES),
  'keys.metadata': page(KEY_PAGE, RESOURCES),
  'keys.versions': list(KEY_VERSIONS, 'The key has no versions.', RESOURCES),
  'keys.wrap': page(DEK),
  'keys.unwrap': page([field('Plaintext', 'plaintext'), field('Rewrapped ciphertext', 'ciphertext')]),
  'keys.rewrap': page([field('Ciphertext', 'ciphertext')]),
  'import-tokens.create': page(IMPORT_TOKEN),
  'import-tokens.get': page(RETRIEVED_IMPORT_TOKEN),
  'keys.delete': page(KEY_PAGE, RESOURCES),
  'deletion.restore': page(KEY_PAGE, RESOURCES),
  'deletion.purge': page(KEY_PAGE, RESOURCES),
  'keys.patch': page(KEY_PAGE, RESOURCES),
  'key-aliases.create': page([field('Alias', 'alias'), field('Key ID', 'keyId')], RESOURCES),
  'key-rings.list': list(KEY_RINGS, 'There are no key rings that you may see.', RESOURCES),
  'keys.create-with-policies': page(KEY_PAGE, RESOURCES),
  'key-policies.get': list(KEY_POLICIES, 'The key has no policies.', RESOURCES),
  'key-policies.put': list(KEY_POLICIES, 'Nothing was set.', RESOURCES),
  'instance-policies.get': list(INSTANCE_POLICIES, 'The instance has no such policies.', RESOURCES),
  'registrations.list': list(REGISTRATIONS, 'The key protects nothing.', RESOURCES),
  'registrations.list-all': list(REGISTRATIONS, 'The keys of this instance protect nothing.', RESOURCES),
  'instances.create': page(INSTANCE_PAGE),
  'instances.get': page(INSTANCE_PAGE),
  'instances.list': list(INSTANCE_LIST, 'There are no instances that you may see.', RESOURCES),
  'instances.update': page(INSTANCE_PAGE),
  'instances.lock': page(INSTANCE_PAGE),
  'instances.unlock': page(INSTANCE_PAGE),
  'reclamations.list': list(RECLAMATIONS, 'There are no deleted instances that you could restore.', RESOURCES),
  'reclamations.restore': page(RECLAMATIONS),
  'reclamations.reclaim': page(RECLAMATIONS),
  'search.find': list(
    [
      field('Name', 'name'),
      field('Type', 'type'),
      field('Service', 'service_name'),
      field('Region', 'region'),
      field('CRN', 'crn'),
    ],
    'Nothing was found that you may see.',
    'items',
  ),
  'groups.create': page([field('ID', 'id'), field('CRN', 'crn')]),
  'groups.update': page(GROUPS),
  'groups.get': page(GROUPS),
  'groups.list': list(GROUPS, 'There are no resource groups.', RESOURCES),
  'accounts.list': list(ACCOUNTS, 'You are in no account.', 'accounts'),
  'accounts.create': page(NEW_ACCOUNT),
  'users.list': list(USERS, 'There are no such users.', RESOURCES),
  'invitations.list': list(INVITATIONS, 'There are no open invitations.', 'invitations'),
  'invitations.renew': page([field('Token', 'token'), field('Expires', 'expires_at')]),
  'api-keys.create': page(NEW_API_KEY_PAGE),
  'api-keys.rotate': page(NEW_API_KEY_PAGE),
  'api-keys.get': page(API_KEY_PAGE),
  'api-keys.update': page(API_KEY_PAGE),
  'api-keys.list': list(API_KEY_LIST, 'There are no API keys.', 'apikeys'),
  'service-ids.create': page(SERVICE_ID_PAGE),
  'service-ids.get': page(SERVICE_ID_PAGE),
  'service-ids.update': page(SERVICE_ID_PAGE),
  'access-groups.create': page(ACCESS_GROUPS),
  'access-groups.get': page(ACCESS_GROUPS),
  'access-groups.update': page(ACCESS_GROUPS),
  'access-groups.list': list(ACCESS_GROUPS, 'There are no access groups that you may see.', 'groups'),
  'access-groups.list-members': list(MEMBERS, 'The access group has no such members.', 'members'),
  'access-groups.add-members': list(MEMBER_RESULTS, 'Nothing was done.', 'members'),
  'trusted-profiles.create': page(TRUSTED_PROFILES),
  'trusted-profiles.get': page(TRUSTED_PROFILE_PAGE),
  'trusted-profiles.update': page(TRUSTED_PROFILES),
  'trusted-profiles.list': list(TRUSTED_PROFILE_LIST, 'There are no trusted profiles that you may see.', 'profiles'),
  'trusted-profiles.get-identities': list(PROFILE_IDENTITIES, 'Nobody may act as this profile.', 'identities'),
  'trusted-profiles.add-identity': page(PROFILE_IDENTITIES),
  'trusted-profiles.create-rule': page(CLAIM_RULES),
  'trusted-profiles.list-rules': list(CLAIM_RULES, 'The profile has no claim rules.', 'rules'),
  'service-ids.list': list(SERVICE_ID_LIST, 'There are no service IDs.', 'serviceids'),
  'signing-keys.rotate': page([field('Signs from now on', 'kid'), field('Next', 'next_kid')]),
  'policies.create': page(AUTHORIZATIONS),
  'policies.get': page(AUTHORIZATIONS),
  'policies.restore': page(POLICIES),
  'policies.list': list(POLICIES, 'There are no policies that you may see.', 'policies'),
  'decisions.explain': page(EXPLAINED_DECISION),
  'clusters.create': page([field('ID', 'id')]),
  'clusters.get': page(CLUSTER_PAGE),
  'clusters.list': list(CLUSTER_LIST, 'There are no clusters. `rootward ks cluster create classic --name NAME` makes one.'),
  'api-key-owners.get': page(API_KEY_OWNER),
  'api-key-owners.reset': page(API_KEY_OWNER),
  'enabling.instances': list(
    [field('Name', 'name'), field('ID', 'instance_id'), field('Region', 'region'), field('Service', 'service')],
    'There are no KMS instances that you may see.',
  ),
  'enabling.root-keys': list([field('Name', 'name'), field('ID', 'crk_id')], 'The instance has no root keys.'),
  'backups.list': list(BACKUPS, 'There are no backups. `rootward backup create` makes one.', 'backups'),
  'enabling.control': page([field('Run', 'kind'), field('State', 'state'), field('Step', 'stepText')]),
};

/** Roles of every kind, as one list. */
export const ROLE_LIST: View = list(ROLES, 'The service has no roles.');

/** One access policy, and those of one subject. */
export const ACCESS_POLICY: View = page(POLICIES);
export const ACCESS_POLICY_LIST: View = list(POLICIES, 'There are no such policies.', 'policies');

/** The same policies as the list of service authorizations shows them. */
export const AUTHORIZATION_LIST: View = list(AUTHORIZATIONS, 'There are no service authorizations.', 'policies');
