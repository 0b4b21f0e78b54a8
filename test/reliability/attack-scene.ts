import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createHttp } from '../../src/server/http.ts';
import { createLog } from '../../src/server/log.ts';
import { startTestServer, type TestServer } from '../../src/server/testkit/test-server.ts';
import type { Tables } from '../../src/store/tables.ts';
import { type AnswerBody, addInstance, newKey } from '../process/api.ts';
import { type RawAnswer, rawRequest } from '../process/raw-request.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Person {
  /** Sends as the owner of an account. `body` is sent as it is if it is text, and as JSON otherwise. */
  send(method: Method, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  readonly token: string;
  readonly instance: string;
  /** A root key, what it wrapped with the AAD `['a', 'b']`, and the DEK. */
  readonly key: string;
  readonly ciphertext: string;
  readonly plaintext: string;
}

/** A server on a real socket with two accounts, each with an instance and a root key. */
export interface AttackScene extends AsyncDisposable {
  readonly url: string;
  readonly server: TestServer;
  readonly alice: Person;
  readonly mallory: Person;
  /** Everything that is stored, apart from the records of what was asked. */
  stored(): Promise<string>;
}

const WHAT_IS_STORED: readonly (keyof Tables)[] = [
  'accounts',
  'account_users',
  'service_ids',
  'api_keys',
  'policies',
  'resource_groups',
  'instances',
  'keys',
  'key_versions',
  'registrations',
  'lifecycle_events',
  'event_recipients',
];

export async function openAttackScene(): Promise<AttackScene> {
  const server = await startTestServer();
  const log = createLog({ level: 'error' });
  const http = createHttp({ pipeline: server.pipeline, serverId: 'server-1', newId: () => randomUUID(), log });
  await http.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`;
  const second = await server.addAccount();
  return {
    url,
    server,
    alice: await person(url, server.ownerToken, server.account.resourceGroupId),
    mallory: await person(url, second.token, second.resourceGroupId),
    async stored() {
      const rows = await Promise.all(WHAT_IS_STORED.map((table) => server.store.db.selectFrom(table).selectAll().execute()));
      return JSON.stringify(rows);
    },
    async [Symbol.asyncDispose]() {
      await http.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function person(url: string, token: string, resourceGroupId: string): Promise<Person> {
  let instance = '';
  const send: Person['send'] = (method, path, body, headers = {}) =>
    rawRequest(
      url + path,
      method,
      { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'bluemix-instance': instance, ...headers },
      typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body),
    );
  const bodyOf = async (answer: Promise<RawAnswer>) => JSON.parse((await answer).text) as AnswerBody;
  const asApi = {
    url,
    token,
    send: async (method: string, path: string, body?: unknown) => {
      const answer = await send(method as Method, path, body);
      return { status: answer.status, headers: new Headers(), body: JSON.parse(answer.text) as AnswerBody };
    },
  };
  instance = await addInstance(asApi, resourceGroupId);
  const key = (await bodyOf(send('POST', '/api/v2/keys', newKey({})))).resources[0]?.id ?? '';
  const plaintext = Buffer.alloc(32, 9).toString('base64');
  const { ciphertext } = await bodyOf(send('POST', `/api/v2/keys/${key}/actions/wrap`, { plaintext, aad: ['a', 'b'] }));
  return { send, token, instance, key, ciphertext, plaintext };
}

/** The reason code of a Key Protect error, which is in both places that clients look at. */
export function reasonOf(answer: RawAnswer): string {
  const [resource] = (JSON.parse(answer.text) as AnswerBody).resources;
  const code = resource?.reasons?.[0]?.code ?? '';
  if (code !== '' && !resource?.errorMsg.endsWith(`(${code})`)) throw new Error(`errorMsg lacks the code: ${answer.text}`);
  return code;
}
