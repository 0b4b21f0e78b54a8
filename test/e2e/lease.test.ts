import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../../src/kms-plugin/testkit/scene.ts';
import { addInstance, addRootKey } from '../process/api.ts';
import { type Fault, type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { type HostedCluster, startCluster } from './hosted-cluster.ts';
import { type HostedServer, startHostedServer } from './hosted-server.ts';
import { type PluginProcess, type Sealed, startPluginProcess } from './plugin-process.ts';
import { type RootKeys, rootKeys } from './root-keys.ts';
import { authorize, deletePolicy } from './service-authorizations.ts';
import { until } from './until.ts';

const LEASE_MS = 9000;
/** A lease is renewed each third of its time, so this much of it is left at any moment, less what a busy machine takes. */
const SURE_MS = (LEASE_MS * 2) / 3 - 1500;
const SECRET = Buffer.from('thirty-two bytes of an apiserver');

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['silence', 'hang'],
  ['a lost connection', 'drop'],
  ['a 503', '503'],
  ['another server', 'other-server'],
  ['a stranger who says that the key is deleted', 'says-deleted'],
  ['an unknown instance', 'unknown-instance'],
];

// One enabled cluster; beside its own plugin one more process for each fault, all at the same time.
describe('the lease of a real plugin process with a real server', () => {
  let server: HostedServer;
  let cluster: HostedCluster;
  let keys: RootKeys;
  let key: string;
  let authorization: string;
  let node: PluginProcess;
  let sealed: Sealed;
  const plugins: PluginProcess[] = [];
  const proxies: FaultyProxy[] = [];

  beforeAll(async () => {
    server = await startHostedServer({ ROOTWARD_CLUSTERS_KEK_LEASE_SECONDS: String(LEASE_MS / 1000) });
    keys = rootKeys(server.owner, await addInstance(server.owner, server.resourceGroupId));
    authorization = await authorize(server);
    key = await addRootKey(server.owner, keys.instance);
    cluster = await startCluster(server, 'leased');
    expect((await cluster.enable(keys.instance, key)).status).toBe(201);
    await cluster.settles();
    node = startPluginProcess(cluster, server.url);
    plugins.push(node);
    sealed = await firstSeal(node);
  });
  afterAll(async () => {
    for (const plugin of plugins) await plugin.stop();
    for (const proxy of proxies) await proxy.close();
    await server?.[Symbol.asyncDispose]();
  });

  const firstSeal = (plugin: PluginProcess) =>
    until('the plugin seals', () => plugin.seal(SECRET).catch(() => undefined), { timeoutMs: 30_000 });

  /** What Encrypt and Decrypt end with now. */
  const codes = async (plugin: PluginProcess, of: Sealed) =>
    await Promise.all([codeOf(plugin.seal(SECRET)), codeOf(plugin.open(of))]);

  async function untilBoth(code: number, plugin: PluginProcess, of: Sealed, timeoutMs: number): Promise<void> {
    let seen: number[] = [];
    const both = async () => {
      seen = await codes(plugin, of);
      return seen.every((one) => one === code);
    };
    await until(`Encrypt and Decrypt end with ${code}`, both, { timeoutMs, seen: () => seen });
  }

  async function expectNotSuspended(apiserver: number): Promise<void> {
    expect(cluster.pid('kube-apiserver')).toBe(apiserver);
    expect((await cluster.view()).lifecycle.masterHealth).toBe('normal');
    expect((await cluster.kube.send('GET', '/readyz')).status).toBe(200);
  }

  it.concurrent.each(FAULTS)(
    '%s never cuts it: calls go on until it runs out, then are UNAVAILABLE, and recover by themselves',
    async (_what, fault) => {
      const apiserver = cluster.pid('kube-apiserver');
      const proxy = await startFaultyProxy(server.url);
      proxies.push(proxy);
      const plugin = startPluginProcess(cluster, proxy.url);
      plugins.push(plugin);
      const own = await firstSeal(plugin);
      proxy.fault = fault;
      for (const end = performance.now() + SURE_MS; performance.now() < end; await sleep(250)) {
        expect(await codes(plugin, own)).toEqual([status.OK, status.OK]);
      }
      await untilBoth(status.UNAVAILABLE, plugin, own, LEASE_MS);
      await expectNotSuspended(apiserver);
      proxy.fault = 'none';
      await untilBoth(status.OK, plugin, own, 20_000);
      expect(await plugin.open(own)).toEqual(SECRET);
      expect(plugin.child.exitCode).toBeNull();
      expect(await cluster.view()).toMatchObject({ state: 'normal' });
      await plugin.stop();
    },
  );

  it('an instance that the server cannot find any more is a warning, and suspends nothing', async () => {
    const apiserver = cluster.pid('kube-apiserver');
    const setState = (state: string) => {
      using database = new DatabaseSync(join(server.dataDir, 'rootward.db'));
      database.prepare('update instances set state = ? where guid = ?').run(state, keys.instance);
    };
    setState('removed');
    const view = await cluster.becomes('is a warning', ({ state }) => state === 'warning', 15_000);
    expect(view.keyManagementService.keyState).toBe('unreachable');
    await sleep(3000);
    await expectNotSuspended(apiserver);
    setState('active');
    await cluster.becomes('is normal', ({ state }) => state === 'normal', 15_000);
  });

  it('disabling the key cuts it at once, and enabling gives it back without a restart', async () => {
    await keys.act(key, 'disable');
    await untilBoth(status.FAILED_PRECONDITION, node, sealed, 3000);
    await sleep(1100);
    await keys.act(key, 'enable');
    await untilBoth(status.OK, node, sealed, 20_000);
    expect(await node.open(sealed)).toEqual(SECRET);
    await cluster.becomes('is normal', ({ state }) => state === 'normal', 30_000);
  });

  it('deleting the service authorization cuts it as PERMISSION_DENIED, and creating it again gives it back', async () => {
    const apiserver = await until('an apiserver runs', async () => cluster.pids()['kube-apiserver']);
    await deletePolicy(server, authorization);
    await untilBoth(status.PERMISSION_DENIED, node, sealed, 10_000);
    expect(cluster.pid('kube-apiserver')).toBe(apiserver);
    authorization = await authorize(server);
    await untilBoth(status.OK, node, sealed, 20_000);
    expect(await node.open(sealed)).toEqual(SECRET);
  });

  it('expiry of the key stops renewal and does not cut it: calls go on until it runs out, then are refused', async () => {
    const expiresAt = Date.now() + 15_000;
    const expiring = await addRootKey(server.owner, keys.instance, { expirationDate: new Date(expiresAt).toISOString() });
    expect((await cluster.enable(keys.instance, expiring, { force: true })).status).toBe(201);
    const isNext = async () => {
      const next = await node.seal(SECRET).catch(() => undefined);
      return next !== undefined && next.keyId !== sealed.keyId && next;
    };
    const next = await until('the plugin seals by the next key', isNext, { timeoutMs: 12_000 });
    const apiserver = cluster.pid('kube-apiserver');
    await sleep(expiresAt - Date.now());
    for (const end = performance.now() + SURE_MS; performance.now() < end; await sleep(250)) {
      expect(await codes(node, next)).toEqual([status.OK, status.OK]);
    }
    await untilBoth(status.FAILED_PRECONDITION, node, next, LEASE_MS);
    expect(await cluster.view()).toMatchObject({ state: 'critical', keyManagementService: { keyState: 'expired' } });
    expect(cluster.pid('kube-apiserver')).toBe(apiserver);
    // What the other key sealed is none of its business.
    expect(await node.open(sealed)).toEqual(SECRET);
  });
});
