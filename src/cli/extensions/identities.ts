import type { Client } from '../../client/client.ts';
import { listAccessGroups } from '../../contract/access-groups/list.ts';
import { listMembers } from '../../contract/access-groups/list-members.ts';
import { listApiKeys } from '../../contract/api-keys/list.ts';
import { listServiceIds } from '../../contract/service-ids/list.ts';
import { listProfiles } from '../../contract/trusted-profiles/list.ts';
import type { Call, Extension } from '../call.ts';
import { confirm, FORCE_FLAG } from '../confirm.ts';
import { everyPage } from '../every-page.ts';
import { accessGroupByName, apiKeyByName, profileByName, serviceIdByName } from '../identity-names.ts';
import { checkKeyFile, KEY_FILE_FLAG, keepKey } from '../key-file.ts';

/** The API wants an id; people write names. */
const named =
  (find: (client: Client, text: string) => Promise<string>) =>
  async ({ input, session }: Call): Promise<void> => {
    const params = input.params as { id: string };
    params.id = await find(session.client, params.id);
  };

const apiKey = named(apiKeyByName);
const serviceId = named(serviceIdByName);
const group = named(accessGroupByName);
const profile = named(profileByName);

/** A command line has not read what it changes; whoever was there before is overwritten. */
function changeAny({ input }: Call): void {
  input.headers = { ...(input.headers as object | undefined), 'if-match': '*' };
}

function lockFromStart({ flags, input }: Call): void {
  if (flags.lock === true) input.headers = { ...(input.headers as object | undefined), 'entity-lock': 'true' };
}

const change = (find: (call: Call) => Promise<void>, done?: string): Extension => ({
  async before(call) {
    changeAny(call);
    await find(call);
  },
  ...(done !== undefined && { done }),
});
const act = (before: (call: Call) => Promise<void>, done: string): Extension => ({ before, done });
const remove = (before: (call: Call) => Promise<void>, done: string): Extension => ({
  flags: { '-f, --force': 'accepted; nobody is asked here' },
  before,
  done,
});
/** As `remove`, for what nothing brings back. */
const destroy = (find: (call: Call) => Promise<void>, what: string, lost: string): Extension => ({
  flags: FORCE_FLAG,
  async before(call) {
    const [written] = Object.values(call.input.params as Readonly<Record<string, string>>);
    await find(call);
    await confirm(call.io, call.flags.force, `The ${what} ${written} would be deleted for good${lost}.`);
  },
  done: `The ${what} is deleted.`,
});
const LOCK_FLAG = { '--lock': 'lock it from the start' };

/** People look for what nobody uses, so what is shown is shown with its logins. */
function askForActivity({ input }: Call): void {
  input.query = { include_activity: true, ...(input.query as object | undefined) };
}

const byToken = (operation: object, items: string): Extension => {
  const whole = everyPage(operation, items, 'pagesize', 'pagetoken');
  return {
    ...whole,
    async before(call) {
      askForActivity(call);
      await whole.before?.(call);
    },
  };
};
const show = (find: (call: Call) => Promise<void>): Extension => ({
  async before(call) {
    askForActivity(call);
    await find(call);
  },
});

/** The commands of API keys, service IDs, access groups and trusted profiles. */
export const IDENTITY_EXTENSIONS: Readonly<Record<string, Extension>> = {
  'api-keys.create': {
    flags: { ...LOCK_FLAG, ...KEY_FILE_FLAG },
    before(call) {
      lockFromStart(call);
      checkKeyFile(call);
    },
    after: keepKey,
  },
  'api-keys.list': byToken(listApiKeys, 'apikeys'),
  'api-keys.get': show(apiKey),
  'api-keys.update': change(apiKey),
  'api-keys.delete': destroy(apiKey, 'API key', '; its tokens end at once'),
  'api-keys.lock': act(apiKey, 'The API key is locked.'),
  'api-keys.unlock': act(apiKey, 'The API key is unlocked.'),
  'api-keys.disable': act(apiKey, 'The API key is disabled; its tokens have ended.'),
  'api-keys.enable': act(apiKey, 'The API key is enabled.'),
  'api-keys.rotate': {
    flags: KEY_FILE_FLAG,
    async before(call) {
      checkKeyFile(call);
      await apiKey(call);
    },
    after: keepKey,
  },
  'service-ids.create': { flags: LOCK_FLAG, before: lockFromStart },
  'service-ids.list': byToken(listServiceIds, 'serviceids'),
  'service-ids.get': show(serviceId),
  'service-ids.update': change(serviceId),
  'service-ids.delete': destroy(serviceId, 'service ID', ', with its API keys and policies'),
  'service-ids.lock': act(serviceId, 'The service ID is locked.'),
  'service-ids.unlock': act(serviceId, 'The service ID is unlocked.'),
  'access-groups.list': everyPage(listAccessGroups, 'groups', 'limit', 'offset'),
  'access-groups.list-members': everyPage(listMembers, 'members', 'limit', 'offset'),
  'access-groups.get': { before: group },
  'access-groups.update': change(group),
  'access-groups.delete': act(group, 'The access group is deleted.'),
  'trusted-profiles.list': byToken(listProfiles, 'profiles'),
  'trusted-profiles.get': show(profile),
  'trusted-profiles.update': change(profile),
  'trusted-profiles.delete': destroy(profile, 'trusted profile', ', with its links, rules and policies'),
  'trusted-profiles.get-identities': { before: profile },
  'trusted-profiles.add-identity': { before: profile },
  'trusted-profiles.delete-identity': remove(profile, 'The identity acts as the profile no more.'),
  'trusted-profiles.list-rules': { before: profile },
  'trusted-profiles.delete-rule': remove(profile, 'The rule is deleted.'),
};
