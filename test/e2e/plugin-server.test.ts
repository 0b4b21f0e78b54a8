import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deleteKey } from '../../src/contract/keys/delete.ts';
import { disableKey } from '../../src/contract/keys/disable.ts';
import { enableKey } from '../../src/contract/keys/enable.ts';
import { rotateKey } from '../../src/contract/keys/rotate.ts';
import { deletePolicy } from '../../src/contract/policies/delete.ts';
import type { PluginConfig } from '../../src/kms-plugin/config.ts';
import { type Node, startNode } from '../../src/kms-plugin/testkit/plugin.ts';
import { codeOf, ready, untilStatus } from '../../src/kms-plugin/testkit/scene.ts';
import { openCredentials } from '../../src/server/clusters/masters/cluster-secrets.ts';
import { startTestClusters, type TestCluster, type TestClusters } from '../../src/server/clusters/testkit/test-clusters.ts';
import { createHttp } from '../../src/server/http.ts';
import { createLog } from '../../src/server/log.ts';
import { authorize, SERVICE } from '../../src/server/testkit/people.ts';
import { findClusterById } from '../../src/store/clusters/clusters.ts';
import { type Fault, startFaultyProxy } from './faulty-proxy.ts';

describe('the plugin and the server', () => {
  let clusters: TestClusters;
  let http: ReturnType<typeof createHttp>;
  let instance: string;
  let key: string;
  let authorization: string;
  let tick: NodeJS.Timeout;
  let nodes: Node[];

  beforeEach(async () => {
    nodes = [];
    clusters = await startTestClusters();
    const { server } = clusters;
    // Waiting polls end by the server's clock, so it has to go on.
    tick = setInterval(() => server.clock.advance(100), 100);
    http = createHttp({
      pipeline: server.pipeline,
      serverId: clusters.deps.serverId,
      newId: randomUUID,
      log: createLog({ level: 'silent' }),
    });
    await http.listen({ host: '127.0.0.1', port: 0 });
    instance = await clusters.addInstance({ authorized: false });
    authorization = await allow();
    key = await clusters.addRootKey(instance);
  });

  afterEach(async () => {
    clusters.deps.changes.close();
    for (const node of nodes) await node.stop();
    http.server.closeAllConnections();
    await http.close();
    clearInterval(tick);
    await clusters[Symbol.asyncDispose]();
  });

  const serverUrl = (): string => `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`;

  /** The service authorization that lets every cluster use the instance. */
  async function allow(): Promise<string> {
    const attributes = [{ name: 'serviceInstance', value: instance }];
    return await authorize(clusters.server, { roles: [`${SERVICE}Reader`], service: 'kms', attributes });
  }

  async function enabled(name: string): Promise<TestCluster> {
    const cluster = await clusters.addCluster(name);
    await cluster.enable(instance, key);
    await cluster.work();
    return cluster;
  }

  async function nodeOf(cluster: TestCluster, change: Partial<PluginConfig> = {}): Promise<Node> {
    const row = await findClusterById(clusters.server.store.db, cluster.id);
    if (!row?.sealed_credentials) throw new Error('the cluster has no credentials');
    const { pluginApiKey: apiKey } = openCredentials(clusters.deps.barrier, row, row.sealed_credentials);
    const at = { url: serverUrl(), apiKey, clusterId: cluster.id, serverId: clusters.deps.serverId };
    const node = await startNode(at, change);
    nodes.push(node);
    await ready(node);
    return node;
  }

  async function act(operation: typeof disableKey | typeof enableKey | typeof rotateKey): Promise<void> {
    await clusters.server.call(operation, clusters.server.ownerToken, {
      headers: { 'bluemix-instance': instance },
      params: { id: key },
    } as never);
  }

  it('seal under the activation that the server issued, and agree on its key id', async () => {
    const cluster = await enabled('cl1');
    const node = await nodeOf(cluster);
    const seed = randomBytes(32);
    const sealed = await node.seal(seed);
    expect(sealed.keyId).toBe((await cluster.get()).keyManagementService.activation?.keyId);
    expect(sealed.ciphertext.length).toBeLessThan(300);
    expect(await (await nodeOf(cluster)).open(sealed)).toEqual(seed);
  });

  it('follow a rotation, and still open what was sealed before it', async () => {
    const cluster = await enabled('cl1');
    const node = await nodeOf(cluster);
    const before = await node.seal(Buffer.from('before'));
    await act(rotateKey);
    await clusters.watch.pass();
    await cluster.work();
    await vi.waitFor(async () => expect(await node.keyId()).not.toBe(before.keyId), 5000);
    expect(await node.keyId()).toBe((await cluster.get()).keyManagementService.activation?.keyId);
    expect((await node.open(before)).toString()).toBe('before');
  });

  it('stop within two seconds of a disable, and are back within five of an enable', async () => {
    const node = await nodeOf(await enabled('cl1'), { probeIntervalMs: 60_000 });
    const sealed = await node.seal(Buffer.from('secret'));
    await act(disableKey);
    await untilStatus(node, status.FAILED_PRECONDITION, 2000);
    expect(await codeOf(node.open(sealed))).toBe(status.FAILED_PRECONDITION);
    // Key Protect wants a pause between two changes of a key.
    clusters.server.clock.advance(60_000);
    await act(enableKey);
    await untilStatus(node, status.OK, 5000);
    expect((await node.open(sealed)).toString()).toBe('secret');
  });

  it('stop when the key is deleted', async () => {
    const node = await nodeOf(await enabled('cl1'), { probeIntervalMs: 60_000 });
    const request = { headers: { 'bluemix-instance': instance }, params: { id: key }, query: { force: true } };
    await clusters.server.call(deleteKey, clusters.server.ownerToken, request as never);
    await untilStatus(node, status.FAILED_PRECONDITION, 2000);
  });

  it('stop when the service authorization is removed, and go on when it is made again', async () => {
    const node = await nodeOf(await enabled('cl1'), { probeIntervalMs: 60_000 });
    const request = { params: { id: authorization }, query: { force: true } };
    await clusters.server.call(deletePolicy, clusters.server.ownerToken, request);
    await untilStatus(node, status.PERMISSION_DENIED, 3000);
    await allow();
    await untilStatus(node, status.OK, 5000);
  });

  it('keep two clusters apart that share a root key', async () => {
    const one = await nodeOf(await enabled('cl1'));
    const two = await nodeOf(await enabled('cl2'));
    const sealed = await one.seal(Buffer.from('secret'));
    expect(await codeOf(two.open(sealed))).toBe(status.DATA_LOSS);
  });

  it('keep working when the key expires, because that stops renewal and does not cut the lease', async () => {
    key = await clusters.addRootKey(instance, {
      expirationDate: new Date(clusters.server.clock.now() + 7 * 86_400_000).toISOString(),
    });
    const node = await nodeOf(await enabled('cl1'));
    const sealed = await node.seal(Buffer.from('secret'));
    clusters.server.clock.advance(8 * 86_400_000);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect((await node.open(sealed)).toString()).toBe('secret');
    await node.restart();
    await untilStatus(node, status.FAILED_PRECONDITION);
  });

  it('never cut a lease for a 503, silence, a lost connection, another server, or a stranger who says that the key is deleted', async () => {
    const cluster = await enabled('cl1');
    const faults: Fault[] = ['503', 'hang', 'drop', 'other-server', 'says-deleted'];
    const proxies = await Promise.all(faults.map(() => startFaultyProxy(serverUrl())));
    try {
      const behind = await Promise.all(proxies.map((each) => nodeOf(cluster, { serverUrl: each.url })));
      const sealed = await Promise.all(behind.map((node) => node.seal(Buffer.from('secret'))));
      for (const [each, fault] of faults.entries()) Object.assign(proxies[each] ?? {}, { fault });
      // Long enough for two refusals five seconds apart.
      await new Promise((resolve) => setTimeout(resolve, 6500));
      for (const [each, node] of behind.entries()) {
        expect([faults[each], await codeOf(node.keyId())]).toEqual([faults[each], status.OK]);
        expect((await node.open(sealed[each] as (typeof sealed)[number])).toString()).toBe('secret');
      }
    } finally {
      await Promise.all(proxies.map((each) => each.close()));
    }
  });
});
