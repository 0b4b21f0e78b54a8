import { describe, expect, it } from 'vitest';
import { readPluginState } from '../../../contract/agents/plugin-state.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { findClusterById } from '../../../store/clusters/clusters.ts';
import { clusterServicePrincipal } from '../cluster-identity.ts';
import { changeKey, expiringKey, freshCluster, removeAuthorizations } from '../testkit/cluster-scene.ts';
import { startTestClusters, type TestCluster, type TestClusters } from '../testkit/test-clusters.ts';

const DAY = 86_400_000;
const BREAK_GLASS = { break_glass: true, reason: 'the key expired over the holidays' };

describe('a root key that expires while it is disabled', () => {
  it('lets the control plane run again, critical and for the right reason', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key, expire } = await expiringCluster(clusters);
    await changeKey(clusters, disableKey, instance, key);
    await clusters.watch.pass();
    expect((await cluster.get()).masterHealth).toBe('suspended');
    expire();
    await clusters.watch.pass();
    await clusters.hosted.pass();
    expect(clusters.planes.wished(cluster.id)?.state).toBe('running');
    const after = await cluster.get();
    expect(after).toMatchObject({ state: 'critical', keyManagementService: { keyState: 'expired' } });
    expect(after.status).toBe(`The root key ${key} has expired. Secrets of this cluster become unreadable.`);
    const row = await clusters.server.store.db.selectFrom('clusters').select('suspended_reason').executeTakeFirst();
    expect(row?.suspended_reason).toBeNull();
  });
});

describe('a root key that has expired', () => {
  it('lets the cluster move to a new one, and is a previous one then', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, expire } = await expiringCluster(clusters);
    expire();
    await clusters.watch.pass();
    const second = await clusters.addRootKey(instance);
    await cluster.enable(instance, second);
    expect(await cluster.work()).toEqual(['converge', 'migrate', 'prove']);
    await clusters.watch.pass();
    expect(await cluster.get()).toMatchObject({
      state: 'normal',
      keyManagementService: { keyState: 'usable', rootKeyID: second },
    });
  });

  it('is refused to the plugin, unless glass is broken: then it may be unwrapped by until the move is proven', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key, expire } = await expiringCluster(clusters);
    const other = await clusters.addCluster('other');
    await other.enable(instance, key, { force: true });
    await other.work();
    expire();
    const second = await clusters.addRootKey(instance);
    await cluster.enable(instance, second, BREAK_GLASS);
    // A plugin that would still wrap by it must not believe that it can.
    expect(await verdicts(clusters, cluster)).toEqual({ [key]: 'expired' });
    await cluster.work('migrate');
    expect(await verdicts(clusters, cluster)).toEqual({ [key]: 'usable', [second]: 'usable' });
    // People are told the truth meanwhile, and another cluster under the same key gets nothing of it.
    await clusters.watch.pass();
    expect((await cluster.get()).keyManagementService.keyState).toBe('expired');
    expect(await verdicts(clusters, other)).toEqual({ [key]: 'expired' });
    await cluster.work();
    expect(await verdicts(clusters, cluster)).toEqual({ [key]: 'expired', [second]: 'usable' });
  });

  it('is refused again after 24 hours, even if the move has not ended', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key, expire } = await expiringCluster(clusters);
    expire();
    const second = await clusters.addRootKey(instance);
    await cluster.enable(instance, second, BREAK_GLASS);
    await cluster.work('migrate');
    clusters.server.clock.advance(DAY - 2000);
    expect((await verdicts(clusters, cluster))[key]).toBe('usable');
    clusters.server.clock.advance(2000);
    expect((await verdicts(clusters, cluster))[key]).toBe('expired');
  });
});

describe('breaking glass', () => {
  it('helps neither with a disabled key nor without an authorization', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key, expire } = await expiringCluster(clusters);
    const second = await clusters.addRootKey(instance);
    await cluster.enable(instance, second, BREAK_GLASS);
    await cluster.work('migrate');
    await changeKey(clusters, disableKey, instance, key);
    expect((await verdicts(clusters, cluster))[key]).toBe('suspended');
    expire();
    expect((await verdicts(clusters, cluster))[key]).toBe('usable');
    await removeAuthorizations(clusters);
    expect(await verdicts(clusters, cluster)).toEqual({ [key]: 'denied', [second]: 'denied' });
  });

  it('needs a reason', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await freshCluster(clusters);
    for (const half of [{ break_glass: true }, { break_glass: true, reason: ' ' }, { reason: 'because' }]) {
      await expect(cluster.enable(instance, key, half)).rejects.toMatchObject({ code: 'INVALID_FIELD' });
    }
  });

  it('is on record with its reason', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await freshCluster(clusters);
    await cluster.enable(instance, key, BREAK_GLASS);
    const records = await clusters.server.auditRecords();
    expect(records.find((record) => record.action === 'containers-kubernetes.cluster-kms.enable')).toMatchObject({
      outcome: 'success',
      requestData: { kmsInstanceId: instance, rootKeyId: key, updateType: 'break-glass', reason: BREAK_GLASS.reason },
    });
  });
});

async function expiringCluster(clusters: TestClusters) {
  const instance = await clusters.addInstance();
  const made = await expiringKey(clusters, instance);
  const cluster = await clusters.addCluster('cl1');
  await cluster.enable(instance, made.key, { force: true });
  await cluster.work();
  return { ...made, cluster, instance };
}

async function verdicts(clusters: TestClusters, cluster: TestCluster): Promise<Record<string, string>> {
  const row = await findClusterById(clusters.server.store.db, cluster.id);
  if (!row) throw new Error('there is no such cluster');
  // Not by a token: some of these looks are later than any token lasts.
  const plugin = { ...clusterServicePrincipal(row), role: 'plugin' } as const;
  const output = await clusters.server.pipeline.invoke(readPluginState, plugin, { body: { node: 'master-0' } });
  return Object.fromEntries(output.keys.map(({ keyId, verdict }) => [keyId, verdict]));
}
