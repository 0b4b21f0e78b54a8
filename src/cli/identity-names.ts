import type { Client } from '../client/client.ts';
import { listAccessGroups } from '../contract/access-groups/list.ts';
import { listApiKeys } from '../contract/api-keys/list.ts';
import { RootwardError } from '../contract/errors.ts';
import { listServiceIds } from '../contract/service-ids/list.ts';
import { listProfiles } from '../contract/trusted-profiles/list.ts';
import { listUsers } from '../contract/users/list.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

const PAGE = 100;

/** The id of a service ID that is named by it or by its name. Throws IAM_NOT_FOUND, or USAGE where several have the name. */
export async function serviceIdByName(client: Client, text: string): Promise<string> {
  if (/^(iam-)?ServiceId-/.test(text)) return text.replace(/^iam-/, '');
  const { serviceids } = await client.call(listServiceIds, { query: { name: text, pagesize: PAGE } });
  return onlyOne(serviceids, text, 'service ID', 'rootward iam service-ids');
}

/** The same for an API key: among all that one sees, or those of one identity. */
export async function apiKeyByName(client: Client, text: string, iamId?: string): Promise<string> {
  if (text.startsWith('ApiKey-')) return text;
  const filter = `name eq "${text.replaceAll(/["\\]/g, '\\$&')}"`;
  const whose = iamId === undefined ? { scope: 'account' as const } : { iam_id: iamId };
  const { apikeys } = await client.call(listApiKeys, { query: { ...whose, filter, pagesize: PAGE } });
  return onlyOne(apikeys, text, 'API key', 'rootward iam api-keys --scope account');
}

export async function accessGroupByName(client: Client, text: string): Promise<string> {
  if (text.startsWith('AccessGroupId-')) return text;
  const { groups } = await client.call(listAccessGroups, { query: { search: `name:${text}`, limit: PAGE } });
  const found = groups.filter(({ name }) => name === text);
  return onlyOne(found, text, 'access group', 'rootward iam access-groups');
}

export async function profileByName(client: Client, text: string): Promise<string> {
  if (/^(iam-)?Profile-/.test(text)) return text.replace(/^iam-/, '');
  const { profiles } = await client.call(listProfiles, { query: { name: text } });
  return onlyOne(profiles, text, 'trusted profile', 'rootward iam trusted-profiles');
}

/** The IAM id of a user who is named by it or by an e-mail address. */
export async function userByEmail(client: Client, accountId: string, text: string): Promise<string> {
  if (!text.includes('@')) return text;
  const { resources } = await client.call(listUsers, {
    params: { account_id: accountId },
    query: { user_id: text.toLowerCase() },
  });
  const found = resources.map((user) => ({ id: user.iam_id, name: text }));
  return onlyOne(found, text, 'user', 'rootward account users');
}

function onlyOne(found: readonly Named[], text: string, what: string, list: string): string {
  const [one, ...more] = found;
  if (!one) throw new RootwardError('IAM_NOT_FOUND', { message: `There is no ${what} "${text}".`, hint: `List them: ${list}` });
  if (more.length === 0) return one.id;
  throw new RootwardError('USAGE', {
    message: `${found.length} have the name "${text}".`,
    hint: `Name the ${what} by its id: ${found.map(({ id }) => id).join(', ')}`,
  });
}
