import type { Extension } from '../call.ts';
import { POLICY_EXTENSIONS } from '../policies/extensions.ts';
import { CREATE_ACCOUNT, IN_OWN_ACCOUNT } from './accounts.ts';
import { RESET_API_KEY } from './api-key-owners.ts';
import { LIST_BACKUPS } from './backups.ts';
import { CLUSTER_CONFIG, CREATE_CLASSIC, ENABLE_KMS, REFRESH_MASTER, REMOVE_CLUSTER } from './clusters.ts';
import { DELETE_GROUP, GROUP_BY_NAME } from './groups.ts';
import { IDENTITY_EXTENSIONS } from './identities.ts';
import {
  BY_NAME,
  DELETE_INSTANCE,
  findGroupOfQuery,
  LIST_INSTANCES,
  RECLAIM,
  SEARCH,
  SHOW_INSTANCE,
  UPDATE_INSTANCE,
} from './instances.ts';
import { LIST_KEYS, LIST_VERSIONS, PURGE, UNWRAP } from './keys.ts';

/** Operation → what its command does beyond calling it. */
export const EXTENSIONS: Readonly<Record<string, Extension>> = {
  'accounts.create': CREATE_ACCOUNT,
  'users.list': IN_OWN_ACCOUNT,
  'invitations.delete': { done: 'The invitation is taken back.' },
  'keys.list': LIST_KEYS,
  'keys.versions': LIST_VERSIONS,
  'keys.unwrap': UNWRAP,
  'keys.rotate': { done: 'The key has a new version.' },
  'deletion.purge': PURGE,
  'events.sync': { done: 'The resources of the key are asked to look at it.' },
  'keys.disable': { done: 'The key is disabled.' },
  'keys.enable': { done: 'The key is enabled.' },
  'deletion.authorize': { done: 'The deletion is authorized. Somebody else deletes the key within a week: kp key delete.' },
  'deletion.withdraw': { done: 'The authorization is taken back.' },
  'keys.delete': { done: 'The key is deleted.' },
  'key-aliases.delete': { done: 'The alias is deleted.' },
  'key-rings.create': { done: 'The key ring is made.' },
  'key-rings.delete': { done: 'The key ring is deleted.' },
  'instances.delete': DELETE_INSTANCE,
  'instances.get': SHOW_INSTANCE,
  'instances.list': LIST_INSTANCES,
  'instances.update': UPDATE_INSTANCE,
  'instances.lock': BY_NAME,
  'instances.unlock': BY_NAME,
  'reclamations.list': { before: findGroupOfQuery },
  'reclamations.reclaim': RECLAIM,
  'search.find': SEARCH,
  'groups.get': GROUP_BY_NAME,
  'groups.update': GROUP_BY_NAME,
  'groups.delete': DELETE_GROUP,
  ...IDENTITY_EXTENSIONS,
  ...POLICY_EXTENSIONS,
  'clusters.create': CREATE_CLASSIC,
  'clusters.delete': REMOVE_CLUSTER,
  'api-key-owners.reset': RESET_API_KEY,
  'clusters.refresh-master': REFRESH_MASTER,
  'clusters.kubeconfig': CLUSTER_CONFIG,
  'enabling.enable': ENABLE_KMS,
  'backups.list': LIST_BACKUPS,
};

/** Operations whose command is written by hand, because the API wants more around the words than the words say. */
export const BY_HAND: ReadonlySet<string> = new Set(['enabling.control', 'registrations.list-all']);
