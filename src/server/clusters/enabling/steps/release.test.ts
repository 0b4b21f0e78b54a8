import { describe, expect, it } from 'vitest';
import { findClusterById } from '../../../../store/clusters/clusters.ts';
import { findOpenRun } from '../../../../store/clusters/runs.ts';
import { holdings, sealedCluster } from '../../testkit/cluster-scene.ts';
import { startTestClusters } from '../../testkit/test-clusters.ts';
import { RELEASE } from './release.ts';

describe('the release of the old key', () => {
  it('is decided before the registration goes: a crash behind that, and a doubt about the proof, change nothing of it', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealedCluster(clusters);
    const second = await clusters.addRootKey(instance);
    await cluster.enable(instance, second);
    await cluster.work('prove');
    const { db } = clusters.server.store;
    const [row, run] = [await findClusterById(db, cluster.id), await findOpenRun(db, cluster.id)];
    if (!row || !run) throw new Error('there is no run');
    expect(run.step).toBe('release');
    await RELEASE.before?.(clusters.deps, row, run);
    expect((await holdings(clusters, cluster, instance)).registeredKeys).toEqual([second]);
    const proof = (row.proof ?? '').replace(/"provenAt":"[^"]*"/, '"provenAt":"2020-01-01T00:00:00.000Z"');
    await clusters.server.store.change([], async (tx) => {
      await tx.updateTable('clusters').set({ proof }).where('id', '=', cluster.id).execute();
    });
    await clusters.driver.pass();
    expect((await cluster.get()).keyManagementService.run).toMatchObject({ state: 'done' });
    await expect(cluster.enable(instance, key)).rejects.toMatchObject({ code: 'ROOT_KEY_PREVIOUS' });
  });
});
