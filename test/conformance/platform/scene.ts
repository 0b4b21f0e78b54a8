import { randomUUID } from 'node:crypto';
import { type AnswerBody, type Api, addInstance, logIn } from '../../process/api.ts';
import type { ServerFacts } from '../../process/server-process.ts';

/** Fields that only some answers have; the cases say which. */
export type PreparedBody = AnswerBody & Readonly<Record<string, unknown>> & { readonly crn: string; readonly entity_tag: string };

/** What the methods are called on: an account with one of each thing, and ways to prepare more without the client. */
export interface Scene {
  /** The owner of the account, who also administers the server. */
  readonly api: Api;
  readonly url: string;
  readonly apiKey: string;
  readonly accountId: string;
  readonly iamId: string;
  /** A Key Protect instance. */
  readonly instance: { readonly guid: string; readonly crn: string };
  readonly defaultGroup: string;
  /** A resource group beside the default one. */
  readonly group: string;
  /** Another account of the server, and its owner. */
  readonly other: { readonly accountId: string; readonly api: Api };
  /** Sends what has to be so before the method is called; throws unless it succeeds. */
  prepare(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<PreparedBody>;
  /** The entity tag of what is at an address, from the header or the body. */
  tagOf(path: string): Promise<string>;
  /** A name that nothing has yet. */
  newName(what: string): string;
}

const PASSWORD = 'correct horse battery staple';

export async function openScene({ url, apiKey, accountId, resourceGroupId }: ServerFacts): Promise<Scene> {
  const api = await logIn(url, apiKey);
  const newName = (what: string): string => `${what}-${randomUUID().slice(0, 8)}`;
  const prepare: Scene['prepare'] = async (method, path, body, headers) => {
    const answer = await api.send(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as PreparedBody;
  };
  const guid = await addInstance(api, resourceGroupId, 'platform');
  return {
    api,
    url,
    apiKey,
    accountId,
    iamId: iamIdOf(api.token),
    instance: { guid, crn: (await prepare('GET', `/v2/resource_instances/${guid}`)).crn },
    defaultGroup: resourceGroupId,
    group: (await prepare('POST', '/v2/resource_groups', { name: 'second' })).id,
    other: await addOtherAccount(url, prepare),
    prepare,
    async tagOf(path) {
      const { status, headers, body } = await api.send('GET', path);
      const tag = headers.get('etag') ?? (body as PreparedBody).entity_tag;
      if (status !== 200 || typeof tag !== 'string') throw new Error(`no entity tag at ${path}: ${status}`);
      return tag;
    },
    newName,
  };
}

/** Another account, of somebody who accepts to own it, sets a password and makes himself an API key. */
async function addOtherAccount(url: string, prepare: Scene['prepare']): Promise<Scene['other']> {
  const email = 'bob@example.com';
  const made = await prepare('POST', '/v1/accounts', { name: 'other', owner_email: email });
  const { token } = made.invitation as { token: string };
  const accepted = await prepare('POST', '/v1/invitations/accept', { token, password: PASSWORD, name: 'Bob' });
  const form = { grant_type: 'password', username: email, password: PASSWORD, account: made.id };
  const granted = await fetch(`${url}/identity/token`, {
    method: 'POST',
    headers: { authorization: 'Basic Yng6Yng=' },
    body: new URLSearchParams(form),
  });
  const { access_token: access } = (await granted.json()) as { access_token: string };
  const key = await fetch(`${url}/v1/apikeys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'of the other account', iam_id: accepted.iam_id }),
  });
  const { apikey } = (await key.json()) as { apikey: string };
  return { accountId: made.id, api: await logIn(url, apikey) };
}

function iamIdOf(token: string): string {
  const [, claims = ''] = token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iam_id: string }).iam_id;
}
