import { once } from 'node:events';
import { existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/contract/clusters/cluster.ts';
import { identify } from '../../src/controlplane/processes/process-identity.ts';
import { type Api, addInstance, addRootKey, logIn } from '../process/api.ts';
import { type ReadyProcess, spawnReady } from '../process/spawn-ready.ts';
import { type HostedCluster, startCluster } from './hosted-cluster.ts';
import { type HostedServer, startHostedServer } from './hosted-server.ts';
import { rootKeys } from './root-keys.ts';
import { authorize } from './service-authorizations.ts';
import { until } from './until.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/rootward.cjs');
/** Longer than a plugin or an agent waits before it looks for its server again. */
const AWAY_MS = 8000;

// One cluster through the end of its server, the time without one, and a next one elsewhere; each claim builds on the one before.
describe('plugin and agent of a hosted cluster, while servers come and go', () => {
  let server: HostedServer;
  let cluster: HostedCluster;
  let key: string;
  let instance: string;
  let pids: ReturnType<HostedCluster['pids']>;
  let socket: string;
  let impostor: Server | undefined;
  let callers = 0;
  let next: ReadyProcess<{ url: string; api_key: string }> | undefined;
  let owner: Api;

  beforeAll(async () => {
    server = await startHostedServer();
    instance = await addInstance(server.owner, server.resourceGroupId);
    await authorize(server);
    key = await addRootKey(server.owner, instance);
    cluster = await startCluster(server);
    expect((await cluster.enable(instance, key)).status).toBe(201);
    await cluster.settles();
    pids = cluster.pids();
  }, 400_000);

  afterAll(async () => {
    impostor?.close();
    if (next && next.child.exitCode === null) await next.end('SIGTERM');
    if (next) rmSync(server.dataDir, { recursive: true, force: true });
    else await server?.[Symbol.asyncDispose]();
  }, 120_000);

  const configOf = (name: string) => JSON.parse(readFileSync(join(cluster.directory, name), 'utf8')) as { serverUrl: string };

  it('know their server by a socket that only its user can open', () => {
    const { serverUrl } = configOf('kms-plugin.json');
    expect(configOf('cluster-agent.json').serverUrl).toBe(serverUrl);
    expect(serverUrl).toMatch(/^unix:\/\//);
    socket = new URL(serverUrl).pathname;
    const uid = process.getuid?.();
    expect(lstatSync(socket)).toMatchObject({ uid });
    expect(lstatSync(socket).mode & 0o777).toBe(0o600);
    expect(lstatSync(dirname(socket))).toMatchObject({ uid });
    expect(lstatSync(dirname(socket)).mode & 0o777).toBe(0o700);
  });

  it('tell whoever takes the port of a dead server nothing', async () => {
    await server.kill();
    impostor = createServer((connection) => {
      callers += 1;
      connection.destroy();
    });
    impostor.listen(Number(new URL(server.url).port), '127.0.0.1');
    await once(impostor, 'listening');
    await sleep(AWAY_MS);
    expect(callers).toBe(0);
    expect(cluster.pids()).toEqual(pids);
    expect(Object.values(pids).map((pid) => identify(pid)?.pid)).toEqual(Object.values(pids));
  });

  it('find the next server, which has another port, without being started again, and do what it wants', async () => {
    const flags = ['--listen', '127.0.0.1:0', '--data-dir', server.dataDir];
    const env = { ROOTWARD_LIFECYCLE_ROTATE_INTERVAL_SECONDS: '0' };
    next = await spawnReady(PROGRAM, ['up', '--dev', '--json', ...flags], { env, patienceMs: 60_000 });
    expect(next.said.url).not.toBe(server.url);
    owner = await logIn(next.said.url, next.said.api_key);
    expect(configOf('kms-plugin.json').serverUrl).toBe(`unix://${socket}`);
    await rootKeys(owner, instance).act(key, 'rotate');
    let last: unknown;
    const moved = async () => {
      const { body } = await owner.send('GET', `/v2/getCluster?cluster=${cluster.id}`);
      const { activation, run } = (body as unknown as Cluster).keyManagementService;
      last = { activation, run };
      return activation?.number === 2 && run?.state === 'done';
    };
    await until('the rotation is proven', moved, { timeoutMs: 150_000, seen: () => last });
    const { 'kms-plugin': plugin, 'cluster-agent': agent, 'kube-apiserver': apiserver } = pids;
    expect(cluster.pids()).toMatchObject({ 'kms-plugin': plugin, 'cluster-agent': agent, 'kube-apiserver': apiserver });
    expect(callers).toBe(0);
  }, 200_000);

  it('end with a server that is stopped with its clusters, and the socket with them', async () => {
    expect(await next?.end('SIGTERM')).toBe(0);
    expect(existsSync(dirname(socket))).toBe(false);
    expect(callers).toBe(0);
  }, 60_000);
});
