import { expect, it } from 'vitest';
import { sealedCluster } from '../testkit/cluster-scene.ts';
import { startTestClusters } from '../testkit/test-clusters.ts';

it('a cluster believes no row of its root key that somebody changed: the key is unreachable, nothing else, and the cluster is shown', async () => {
  await using clusters = await startTestClusters();
  const { cluster, instance, key } = await sealedCluster(clusters);
  const { store } = clusters.server;
  await store.change(['keys'], async (tx) => {
    await tx.updateTable('keys').set({ state: 5, deleted_at: 1, expires_at: 2 }).where('id', '=', key).execute();
  });
  await clusters.watch.pass();
  await clusters.watch.pass();
  const { keyManagementService } = await cluster.get();
  expect(keyManagementService).toMatchObject({ enabled: true, rootKeyID: key, keyState: 'unreachable' });
  expect(keyManagementService).not.toHaveProperty('keyExpiresAt');
  expect(clusters.planes.wished(cluster.id)?.state).toBe('running');
  await expect(cluster.enable(instance, key)).rejects.toMatchObject({ code: 'ROW_INTEGRITY' });
});
