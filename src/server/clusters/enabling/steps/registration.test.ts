import { describe, expect, it } from 'vitest';
import { deleteCluster } from '../../../../contract/clusters/delete.ts';
import { deleteKey } from '../../../../contract/keys/delete.ts';
import { removeRegistration } from '../../../../contract/registrations/remove.ts';
import { findClusterById } from '../../../../store/clusters/clusters.ts';
import { clusterCrn, clusterServicePrincipal } from '../../cluster-identity.ts';
import { changeKey, holdings, removeAuthorizations, sealedCluster } from '../../testkit/cluster-scene.ts';
import { startTestClusters } from '../../testkit/test-clusters.ts';

describe('a cluster whose service authorization is gone', () => {
  it('takes its registration along when it is removed, so that the key can be deleted without force', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealedCluster(clusters);
    await removeAuthorizations(clusters);
    const params = { idOrName: cluster.name };
    await clusters.server.call(deleteCluster, clusters.server.ownerToken, { headers: {}, params, query: {} });
    await clusters.hosted.pass();
    await expect(cluster.get()).rejects.toMatchObject({ code: 'CLUSTER_NOT_FOUND' });
    expect((await holdings(clusters, cluster, instance)).registeredKeys).toEqual([]);
    await expect(changeKey(clusters, deleteKey, instance, key)).resolves.toBeUndefined();
  });

  it('may take back its own registration only, and only the server does it', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealedCluster(clusters);
    const other = await clusters.addCluster('other');
    await removeAuthorizations(clusters);
    const { db } = clusters.server.store;
    const [own, foreign] = [await findClusterById(db, cluster.id), await findClusterById(db, other.id)];
    if (!own || !foreign) throw new Error('a cluster is missing');
    const input = { headers: { 'bluemix-instance': instance }, params: { id: key, crn: clusterCrn(own) } };
    const as = (cl: typeof own, role: 'service' | 'plugin') =>
      clusters.server.pipeline.invoke(removeRegistration, { ...clusterServicePrincipal(cl), role }, input);
    await expect(as(foreign, 'service')).rejects.toMatchObject({ code: 'RESOURCE_OWNER' });
    await expect(as(own, 'plugin')).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    expect((await holdings(clusters, cluster, instance)).registeredKeys).toEqual([key]);
    await as(own, 'service');
    expect((await holdings(clusters, cluster, instance)).registeredKeys).toEqual([]);
  });
});
