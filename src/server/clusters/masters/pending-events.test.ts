import { describe, expect, it } from 'vitest';
import { deleteCluster } from '../../../contract/clusters/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { enableKey } from '../../../contract/keys/enable.ts';
import { changeKey, removeAuthorizations, sealedCluster } from '../testkit/cluster-scene.ts';
import { startTestClusters, type TestClusters } from '../testkit/test-clusters.ts';

describe('an event that a cluster cannot acknowledge', () => {
  it('keeps no other cluster from acknowledging, however many there are', async () => {
    await using clusters = await startTestClusters();
    const { instance, key } = await sealedCluster(clusters);
    const crowd = await clusters.server.store.db.selectFrom('registrations').selectAll().executeTakeFirstOrThrow();
    await clusters.server.store.change([], async (tx) => {
      const strangers = Array.from({ length: 600 }, (_, n) => `${crowd.resource_crn.replace(/:[^:]*::$/, `:stranger-${n}::`)}`);
      for (const resource_crn of strangers)
        await tx
          .insertInto('registrations')
          .values({ ...crowd, resource_crn })
          .execute();
    });
    await changeKey(clusters, disableKey, instance, key);
    await clusters.server.store.change([], async (tx) => {
      await tx.deleteFrom('registrations').where('resource_crn', '!=', crowd.resource_crn).execute();
    });
    await changeKey(clusters, enableKey, instance, key);
    await clusters.watch.pass();
    const { db } = clusters.server.store;
    const own = await db
      .selectFrom('event_recipients')
      .select('outcome')
      .where('resource_crn', '=', crowd.resource_crn)
      .execute();
    expect(own.map(({ outcome }) => outcome)).toEqual(['acknowledged', 'acknowledged']);
  });

  it('is closed together with the cluster', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealedCluster(clusters);
    await removeAuthorizations(clusters);
    await changeKey(clusters, disableKey, instance, key);
    const params = { idOrName: cluster.name };
    await clusters.server.call(deleteCluster, clusters.server.ownerToken, { headers: {}, params, query: {} });
    await clusters.hosted.pass();
    expect(await outcomes(clusters)).toEqual(['closed']);
  });
});

async function outcomes({ server }: TestClusters): Promise<string[]> {
  return (await server.store.db.selectFrom('event_recipients').select('outcome').execute()).map(({ outcome }) => outcome);
}
