import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, addInstance, addRootKey, logIn } from '../process/api.ts';
import { isPostgresMissing } from '../process/find-postgres.ts';
import { POSTGRES_PASSWORD, type PrivateDatabase, type PrivatePostgres, sharedPostgres } from '../process/postgres.ts';
import { runCli } from '../process/run-cli.ts';
import type { ServerFacts } from '../process/server-process.ts';
import { type ReadyProcess, spawnReady } from '../process/spawn-ready.ts';
import { startTcpProxy, type TcpProxy } from '../process/tcp-proxy.ts';

/** Within this time no replica may use a key any more that another one has disabled. */
const IN_STEP_MS = 2000;
/** Logins are written every few seconds. */
const COUNTED_MS = 15_000;
const ROLE = 'crn:v1:bluemix:public:iam::::serviceRole:';

type Replica = ReadyProcess<ServerFacts & { readonly apiKeyFile?: string }>;

const home = mkdtempSync(join(tmpdir(), 'rootward-replicas-'));
let postgres: PrivatePostgres;
let database: PrivateDatabase;
let proxy: TcpProxy;
const replicas: Replica[] = [];

/** One seal for all of them, as every replica needs it. */
const seal = { kind: 'file', file: join(home, 'seal', 'key') };

function start(name: string, url: string): Promise<Replica> {
  const flags = { dataDir: join(home, name), listen: '127.0.0.1:0', managementListen: '127.0.0.1:0', logLevel: 'warn', seal };
  const serve = join(import.meta.dirname, '../process/serve.ts');
  return spawnReady(serve, [JSON.stringify(flags)], {
    env: { ROOTWARD_STORE_URL: url, ROOTWARD_LIFECYCLE_ENABLE_AFTER_DISABLE_SECONDS: '0' },
  });
}

describe.skipIf(isPostgresMissing())('two replicas on one PostgreSQL (needs it here: apt-get install postgresql)', () => {
  let a: Api;
  let b: Api;
  let instance: string;
  const on = {
    get headers() {
      return { 'bluemix-instance': instance };
    },
  };
  const act = (api: Api, key: string, action: string, body: unknown = {}) =>
    api.send('POST', `/api/v2/keys/${key}/actions/${action}`, body, on.headers);

  /** How long `send` goes on until its answer has the status; nothing after that may have another one. */
  async function until(status: number, send: () => Promise<{ readonly status: number }>, patienceMs = 5000): Promise<number> {
    const begun = performance.now();
    for (;;) {
      const answer = await send();
      if (answer.status === status) return performance.now() - begun;
      if (performance.now() - begun > patienceMs) throw new Error(`still ${answer.status} after ${patienceMs} ms`);
      await sleep(5);
    }
  }

  beforeAll(async () => {
    postgres = await sharedPostgres();
    database = await postgres.createDatabase('empty');
    proxy = await startTcpProxy(postgres.port);
    const throughProxy = database.url.replace(`:${postgres.port}/`, `:${proxy.port}/`);
    replicas.push(...(await Promise.all([start('a', database.url), start('b', throughProxy)])));
    const keyFile = replicas.map(({ said }) => said.apiKeyFile).find((file) => file !== undefined) ?? '';
    const apiKey = readFileSync(keyFile, 'utf8').trim();
    const [first, second] = replicas.map(({ said }) => said.url);
    a = await logIn(first ?? '', apiKey);
    b = { ...(await logIn(second ?? '', apiKey)) };
    instance = await addInstance(a, replicas[0]?.said.resourceGroupId ?? '');
  }, 90_000);

  afterAll(async () => {
    proxy?.close();
    await Promise.all(replicas.map(({ end }) => end('SIGKILL')));
    await database?.drop();
    rmSync(home, { recursive: true, force: true });
  });

  it('that started at once on an empty database are one installation with one first API key', async () => {
    const [one, other] = replicas.map(({ said }) => said);
    expect(one?.serverId).toBe(other?.serverId);
    expect(one?.accountId).toBe(other?.accountId);
    expect(replicas.filter(({ said }) => said.apiKeyFile !== undefined)).toHaveLength(1);
    // Signing keys are the one in use and the next one.
    for (const [table, count] of Object.entries({ accounts: 1, signing_keys: 2, seal_envelopes: 1, api_keys: 1 }))
      expect([table, await postgres.query(`select count(*)::int as count from ${table}`, database.name)]).toEqual([
        table,
        [{ count }],
      ]);
  });

  it('accept the tokens and wrap under the keys of each other', async () => {
    const key = await addRootKey(a, instance);
    const sameToken: Api = await logIn(b.url, 'no key').catch(() => b);
    expect(sameToken).toBe(b);
    const response = await fetch(`${b.url}/api/v2/keys/${key}/actions/wrap`, {
      method: 'POST',
      headers: { ...on.headers, authorization: `Bearer ${a.token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(200);
    const wrapped = await act(b, key, 'wrap', { plaintext: 'AAAA' });
    const unwrapped = await act(a, key, 'unwrap', { ciphertext: wrapped.body.ciphertext });
    expect(unwrapped.body.plaintext).toBe('AAAA');
  });

  it('add up the logins at each of them', async () => {
    const { accountId } = replicas[0]?.said ?? {};
    const made = await a.send('POST', '/v1/serviceids/', { account_id: accountId, name: 'counted', apikey: { name: 'k' } });
    const { id, apikey } = made.body;
    for (const { url } of [a, b, a]) await logIn(url, apikey.apikey);
    const count = async () => {
      const { body } = await b.send('GET', `/v1/serviceids/${id}?include_activity=true`);
      return (body as unknown as { readonly activity: { readonly authn_count: number } }).activity.authn_count;
    };
    const begun = performance.now();
    while ((await count()) < 3 && performance.now() - begun < COUNTED_MS) await sleep(250);
    expect(await count()).toBe(3);
  });

  it('stop using a key that the other has disabled within 2 s, and never use it again', async () => {
    for (const [from, at] of [
      [a, b],
      [b, a],
    ] as const) {
      const key = await addRootKey(from, instance);
      await until(200, () => act(at, key, 'wrap'));
      expect((await act(from, key, 'disable')).status).toBe(204);
      expect(await until(409, () => act(at, key, 'wrap'))).toBeLessThan(IN_STEP_MS);
      for (let turn = 0; turn < 20; turn += 1) expect((await act(at, key, 'wrap')).status).toBe(409);
    }
  });

  it('deny what a policy allowed that was removed at the other', async () => {
    const made = await a.send('POST', '/v1/serviceids/', {
      account_id: replicas[0]?.said.accountId,
      name: 'writer',
      apikey: { name: 'k' },
    });
    const body = made.body as unknown as { readonly iam_id: string; readonly apikey: { readonly apikey: string } };
    const policy = await a.send('POST', '/v1/policies', {
      type: 'access',
      subjects: [{ attributes: [{ name: 'iam_id', value: body.iam_id }] }],
      roles: [{ role_id: `${ROLE}Writer` }],
      resources: [
        {
          attributes: [
            { name: 'serviceName', value: 'kms' },
            { name: 'accountId', value: replicas[0]?.said.accountId },
          ],
        },
      ],
    });
    expect(policy.status).toBe(201);
    const key = await addRootKey(a, instance);
    const writer = await logIn(b.url, body.apikey.apikey);
    await until(200, () => act(writer, key, 'wrap'));
    expect((await a.send('DELETE', `/v1/policies/${policy.body.id}`)).status).toBe(204);
    expect(await until(401, () => act(writer, key, 'wrap'))).toBeLessThan(IN_STEP_MS);
  });

  it('one that was stopped meanwhile answers nothing stale when it goes on', async () => {
    const key = await addRootKey(a, instance);
    await until(200, () => act(b, key, 'wrap'));
    const stopped = replicas[1]?.child;
    stopped?.kill('SIGSTOP');
    const asked = Array.from({ length: 20 }, () => act(b, key, 'wrap'));
    await sleep(100);
    expect((await act(a, key, 'disable')).status).toBe(204);
    await sleep(IN_STEP_MS + 300);
    stopped?.kill('SIGCONT');
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status < 400)).toEqual([]);
    await until(409, () => act(b, key, 'wrap'));
  });

  it.each(['frozen', 'cut'] as const)(
    'one whose way to the database is %s refuses in time, and comes back by itself',
    async (how) => {
      const key = await addRootKey(a, instance);
      await until(200, () => act(b, key, 'wrap'));
      let again: NodeJS.Timeout | undefined;
      proxy.freeze();
      if (how === 'cut') {
        proxy.cut();
        again = setInterval(() => proxy.cut(), 20);
      }
      expect((await act(a, key, 'disable')).status).toBe(204);
      expect(await until(503, () => act(b, key, 'wrap'))).toBeLessThan(IN_STEP_MS + 500);
      for (let turn = 0; turn < 20; turn += 1) expect((await act(b, key, 'wrap')).status).toBe(503);
      expect((await act(b, key, 'wrap')).body.resources[0]?.reasons?.[0]?.code ?? '').toBe('REPLICA_BEHIND');
      clearInterval(again);
      proxy.thaw();
      await until(409, () => act(b, key, 'wrap'), 20_000);
      const made = await addRootKey(b, instance);
      await until(200, () => act(b, made, 'wrap'));
    },
  );

  it('go on after the database has ended every connection', async () => {
    const key = await addRootKey(a, instance);
    await postgres.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database.name}'`);
    for (const api of [a, b]) {
      await until(200, () => act(api, key, 'wrap'), 10_000);
      await addRootKey(api, instance);
    }
    await act(a, key, 'disable');
    expect(await until(409, () => act(b, key, 'wrap'))).toBeLessThan(IN_STEP_MS);
  });

  it('are not joined by a third one of the same name', async () => {
    const name = readFileSync(join(home, 'a', 'replica-id'), 'utf8').trim();
    const { status, err } = await runCli(
      ['start', '--data-dir', join(home, 'c'), '--listen', '127.0.0.1:0'],
      {
        ...{ ROOTWARD_STORE_URL: database.url, ROOTWARD_REPLICA: name, ROOTWARD_SEAL_FILE: seal.file },
      },
      home,
    );
    expect([status, err]).toEqual([4, expect.stringContaining('REPLICA_IN_USE')]);
  }, 60_000);

  it('one of them makes hosted clusters, and the other says that it does not', async () => {
    const answers = await Promise.all(
      [a, b].map((api, at) => api.send('POST', '/v1/clusters', { name: `c${at}`, masterVersion: '9.99.9' })),
    );
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(1);
    expect(JSON.stringify(refused[0]?.body)).toContain('Another replica');
  });

  it('each keep a chain of their own that verifies, also beside them; nothing shows the password', async () => {
    for (const name of ['a', 'b']) {
      const env = { ROOTWARD_STORE_URL: database.url, ROOTWARD_SEAL_FILE: seal.file };
      const verified = await runCli(['audit', 'verify', '--data-dir', join(home, name), '--output', 'json'], env, home);
      expect([verified.status, verified.err]).toEqual([0, '']);
      const chains = (JSON.parse(verified.out) as { chains: { writer: string; records: number }[] }).chains;
      expect(chains.map(({ writer }) => writer)).toContain(readFileSync(join(home, name, 'replica-id'), 'utf8').trim());
      const shown = await runCli(['config', 'show', '--data-dir', join(home, name)], env, home);
      const sealed = await runCli(['seal', 'status', '--data-dir', join(home, name)], env, home);
      expect([shown.status, sealed.status]).toEqual([0, 0]);
      expect(verified.out + shown.out + shown.err + sealed.out + sealed.err).not.toContain(POSTGRES_PASSWORD);
      expect(existsSync(join(home, name, 'rootward.db'))).toBe(false);
    }
    const wrong = await runCli(['config', 'show'], { ROOTWARD_STORE_URL: `mysql://u:${POSTGRES_PASSWORD}@h/d` }, home);
    expect(wrong.out + wrong.err).not.toContain(POSTGRES_PASSWORD);
  }, 60_000);
});
