import { describe, expect, it } from 'vitest';
import { disableKey } from '../../../contract/keys/disable.ts';
import { enableKey } from '../../../contract/keys/enable.ts';
import { changeKey, control, expiringKey, holdings, serverSteps, stepNamed } from '../testkit/cluster-scene.ts';
import { startTestClusters } from '../testkit/test-clusters.ts';

describe('a run that has written and whose root key expires', () => {
  it('goes on with another key that is named for it: enable', async () => {
    await using clusters = await startTestClusters();
    const instance = await clusters.addInstance();
    const { key, expire } = await expiringKey(clusters, instance);
    const cluster = await clusters.addCluster('cl1');
    await cluster.enable(instance, key, { force: true });
    const held = await stepNamed(cluster, 'migrate');
    expire();
    const second = await clusters.addRootKey(instance);
    await cluster.enable(instance, second);
    await expect(cluster.done(held)).rejects.toMatchObject({ code: 'STEP_FENCED' });
    // It stands at its beginning again, but what it wrote is written.
    expect((await cluster.get()).keyManagementService.run).toMatchObject({ step: 'register', abortable: false });
    await expect(control(clusters, cluster, 'abort')).rejects.toMatchObject({ code: 'STEP_ORDER' });
    await changeKey(clusters, disableKey, instance, second);
    await serverSteps(clusters);
    expect(await holdings(clusters, cluster, instance)).toMatchObject({
      pluginWanted: true,
      registeredKeys: [key],
      activeKeys: [key],
    });
    await changeKey(clusters, enableKey, instance, second);
    await serverSteps(clusters);
    // Not by install and read-everywhere: they would store plaintext again.
    expect(await cluster.work('prove')).toEqual(['write', 'converge', 'migrate', 'prove']);
    expect((await holdings(clusters, cluster, instance)).registeredKeys).toEqual([key, second]);
    expect(await cluster.work()).toEqual(['finish']);
    expect((await cluster.get()).keyManagementService).toMatchObject({
      enabled: true,
      rootKeyID: second,
      run: { kind: 'enable', state: 'done' },
    });
    expect(await holdings(clusters, cluster, instance)).toMatchObject({ registeredKeys: [second], activeKeys: [second] });
    await expect(cluster.enable(instance, key)).rejects.toMatchObject({ code: 'ROOT_KEY_UNUSABLE' });
  });

  it('may go back to the key that it was leaving, which is not a previous one yet: rekey', async () => {
    await using clusters = await startTestClusters();
    const instance = await clusters.addInstance();
    const first = await clusters.addRootKey(instance);
    const cluster = await clusters.addCluster('cl1');
    await cluster.enable(instance, first);
    await cluster.work();
    const { key, expire } = await expiringKey(clusters, instance);
    await cluster.enable(instance, key, { force: true });
    await cluster.work('converge');
    expire();
    await cluster.enable(instance, first);
    expect(await cluster.work()).toEqual(['converge', 'migrate', 'prove']);
    expect((await cluster.get()).keyManagementService).toMatchObject({ rootKeyID: first, run: { kind: 'rekey', state: 'done' } });
    expect(await holdings(clusters, cluster, instance)).toMatchObject({ registeredKeys: [first], activeKeys: [first] });
    await cluster.enable(instance, first);
    await cluster.work();
    expect((await cluster.get()).keyManagementService.run).toMatchObject({ kind: 'reenable', state: 'done' });
  });
});

describe('no request takes the place of an open run', () => {
  it('whose key works', async () => {
    await using clusters = await startTestClusters();
    const instance = await clusters.addInstance();
    const cluster = await clusters.addCluster('cl1');
    await cluster.enable(instance, await clusters.addRootKey(instance));
    await stepNamed(cluster, 'migrate');
    const second = await clusters.addRootKey(instance);
    await expect(cluster.enable(instance, second)).rejects.toMatchObject({ code: 'CLUSTER_BUSY' });
  });

  it('whose key is disabled, because it can come back', async () => {
    await using clusters = await startTestClusters();
    const instance = await clusters.addInstance();
    const key = await clusters.addRootKey(instance);
    const cluster = await clusters.addCluster('cl1');
    await cluster.enable(instance, key);
    await cluster.work('converge');
    await changeKey(clusters, disableKey, instance, key);
    const second = await clusters.addRootKey(instance);
    await expect(cluster.enable(instance, second)).rejects.toMatchObject({ code: 'CLUSTER_BUSY' });
    await clusters.watch.pass();
    await expect(cluster.enable(instance, second)).rejects.toMatchObject({ code: 'CLUSTER_BUSY' });
  });

  it('that has not written yet: it is undone by itself', async () => {
    await using clusters = await startTestClusters();
    const instance = await clusters.addInstance();
    const { key, expire } = await expiringKey(clusters, instance);
    const cluster = await clusters.addCluster('cl1');
    await cluster.enable(instance, key, { force: true });
    await stepNamed(cluster, 'install');
    expire();
    const second = await clusters.addRootKey(instance);
    await expect(cluster.enable(instance, second)).rejects.toMatchObject({ code: 'CLUSTER_BUSY' });
  });
});
