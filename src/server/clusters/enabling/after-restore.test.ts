import { describe, expect, it } from 'vitest';
import { CONTROL_PLANE_LOST_TEXT } from '../../../contract/views/cluster-texts.ts';
import { settleRestored } from '../../../store/after-restore.ts';
import { listActivations } from '../../../store/clusters/activations.ts';
import { holdings, sealedCluster, stepNamed } from '../testkit/cluster-scene.ts';
import { startTestClusters, type TestClusters } from '../testkit/test-clusters.ts';
import { activateKey } from './steps/activation.ts';

/** What a restore does with the rows of the backup, done with those that are here. */
async function restored(clusters: TestClusters, epoch: number): Promise<void> {
  const backup = { id: `b${epoch}`, epoch: epoch - 1, created_at: clusters.server.clock.now(), key_versions: 1, location: '/b' };
  await clusters.server.store.change(['clusters', 'keys'], (tx) => settleRestored(tx, { backup, epoch, envelopes: [] }));
}

describe('after a restore', () => {
  it('a sealed cluster gets an activation of the new epoch and is proved under it, without being asked for', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealedCluster(clusters);
    const before = (await cluster.get()).keyManagementService;
    await restored(clusters, 1);
    expect((await cluster.get()).keyManagementService.proof, 'the old proof counts no more').toBeUndefined();
    await clusters.watch.pass();
    expect((await cluster.get()).keyManagementService).toMatchObject({ run: { kind: 'rotate', state: 'running' } });
    expect(await cluster.work()).toEqual(['converge', 'migrate', 'prove']);
    const after = (await cluster.get()).keyManagementService;
    expect(after.activation).toMatchObject({
      epoch: 1,
      number: (before.activation?.number ?? 0) + 1,
      keyVersionId: before.activation?.keyVersionId,
    });
    expect(after.activation?.keyId).not.toBe(before.activation?.keyId);
    expect(after).toMatchObject({ run: { state: 'done' }, proof: { keyId: after.activation?.keyId } });
    expect((await holdings(clusters, cluster, instance)).activeKeys).toEqual([key]);
    await clusters.watch.pass();
    expect((await cluster.get()).keyManagementService.run?.id, 'once is enough').toBe(after.run?.id);
  });

  it('a run that was on its way to release a key proves again, under the new epoch, before it does', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealedCluster(clusters);
    const second = await clusters.addRootKey(instance);
    await cluster.enable(instance, second);
    await cluster.work('prove');
    const held = await clusters.server.store.db
      .selectFrom('cluster_runs')
      .selectAll()
      .where('state', '=', 'running')
      .executeTakeFirstOrThrow();
    const parameters = JSON.stringify({ ...JSON.parse(held.parameters), released: true });
    await clusters.server.store.change(
      [],
      async (tx) => void (await tx.updateTable('cluster_runs').set({ parameters }).where('id', '=', held.id).execute()),
    );
    await restored(clusters, 1);
    await clusters.driver.pass();
    expect((await holdings(clusters, cluster, instance)).registeredKeys.sort(), 'nothing is released').toEqual(
      [key, second].sort(),
    );
    const step = await stepNamed(cluster, 'converge');
    expect(step.parameters).toMatchObject({ keyId: expect.any(String) });
    await cluster.done(step);
    expect(await cluster.work()).toEqual(['migrate', 'prove']);
    expect((await holdings(clusters, cluster, instance)).registeredKeys).toEqual([second]);
    expect((await cluster.get()).keyManagementService).toMatchObject({ activation: { epoch: 1 }, run: { state: 'done' } });
  });

  it('no activation is ever issued again: not the same id, and none that is ordered before one of a former epoch', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealedCluster(clusters);
    const { store } = clusters.server;
    const row = await clusters.deps.keyRows.find(store.db, instance, key);
    if (!row) throw new Error('no key');
    // The lost server issued these after the backup; each is what the restored one would issue next.
    const lost = await listActivations(store.db, cluster.id);
    const deps = { randomBytes: () => Buffer.alloc(16, 1) };
    for (const epoch of [1, 2, 3]) {
      await restored(clusters, epoch);
      await store.change([], (tx) => activateKey(tx, deps, cluster.id, row, epoch));
      await store.change([], (tx) => activateKey(tx, deps, cluster.id, row, epoch));
    }
    const all = await listActivations(store.db, cluster.id);
    expect(all).toHaveLength(lost.length + 3);
    expect(new Set(all.map(({ key_id_hash }) => key_id_hash)).size, 'even where chance is no help').toBe(all.length);
    expect(all.slice(-3).map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(all.filter(({ status }) => status === 'active').map(({ epoch }) => epoch)).toEqual([3]);
  });

  it('a hosted cluster whose etcd is not there is not begun anew, says so, and goes on when it is back', async () => {
    await using clusters = await startTestClusters();
    const { cluster } = await sealedCluster(clusters);
    const wishes = clusters.planes.wishes.splice(0);
    await clusters.hosted.pass();
    expect(clusters.planes.wishes).toEqual([]);
    expect(await cluster.get()).toMatchObject({ state: 'critical', status: CONTROL_PLANE_LOST_TEXT });
    clusters.planes.wishes.push(...wishes);
    await clusters.hosted.pass();
    await clusters.watch.pass();
    expect(await cluster.get()).toMatchObject({ state: 'normal', status: '', keyManagementService: { keyState: 'usable' } });
  });
});
