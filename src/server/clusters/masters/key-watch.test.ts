import { describe, expect, it } from 'vitest';
import { readPluginState } from '../../../contract/agents/plugin-state.ts';
import { updateClusterKeyState } from '../../../contract/clusters/key-state.ts';
import { getAdminKubeconfig } from '../../../contract/clusters/kubeconfig.ts';
import { purgeKey } from '../../../contract/deletion/purge.ts';
import { restoreKey } from '../../../contract/deletion/restore.ts';
import { syncResources } from '../../../contract/events/sync.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { enableKey } from '../../../contract/keys/enable.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { listRegistrations } from '../../../contract/registrations/list.ts';
import { MASTER_STATUS } from '../../../contract/views/cluster-texts.ts';
import { authorize, SERVICE } from '../../testkit/people.ts';
import { removeAuthorizations } from '../testkit/cluster-scene.ts';
import { startTestClusters, type TestCluster, type TestClusters } from '../testkit/test-clusters.ts';

describe('a root key that is disabled', () => {
  it('suspends the cluster with a reason, and enabling brings it back with the same activation', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    const before = await cluster.get();
    await change(clusters, disableKey, instance, key);
    await settle(clusters);
    const during = await cluster.get();
    expect(during).toMatchObject({ state: 'warning', masterHealth: 'suspended', masterState: 'deployed' });
    expect(during.status).toContain(key);
    expect(during.keyManagementService).toMatchObject({ enabled: true, keyState: 'suspended' });
    expect(clusters.planes.wished(cluster.id)?.state).toBe('suspended');
    await expect(kubeconfig(clusters, cluster)).rejects.toMatchObject({ code: 'CLUSTER_SUSPENDED' });
    clusters.server.clock.advance(60_000);
    await change(clusters, enableKey, instance, key);
    await settle(clusters);
    const after = await cluster.get();
    expect(after).toMatchObject({ state: 'normal', status: '', lifecycle: { masterStatus: MASTER_STATUS.ready } });
    expect(after.keyManagementService.activation).toEqual(before.keyManagementService.activation);
    expect(clusters.planes.wished(cluster.id)?.state).toBe('running');
    expect(await kubeconfig(clusters, cluster)).toContain(cluster.name);
  });

  it('is on record under the correlation id of the change, and acknowledged after the control plane stands still', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    await change(clusters, disableKey, instance, key);
    await clusters.watch.pass();
    expect(await clusters.server.events.pendingFor('containers-kubernetes', 10)).toHaveLength(1);
    await settle(clusters);
    expect(await clusters.server.events.pendingFor('containers-kubernetes', 10)).toHaveLength(0);
    const records = await clusters.server.auditRecords();
    const disabled = records.find((record) => record.action === 'kms.secrets.disable');
    const followed = records.find((record) => record.action === 'containers-kubernetes.cluster-key-state.update');
    expect(followed).toMatchObject({
      outcome: 'success',
      correlationId: disabled?.correlationId,
      requestData: { updateType: 'key-state', newValue: 'suspended' },
    });
    expect(cluster.id).not.toBe('');
  });
});

describe('a root key that is deleted', () => {
  it('makes the cluster critical and suspends it; no other key brings it back', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    await change(clusters, deleteKey, instance, key, { force: true });
    await settle(clusters);
    expect(await cluster.get()).toMatchObject({ state: 'critical', keyManagementService: { keyState: 'destroyed' } });
    expect(clusters.planes.wished(cluster.id)?.state).toBe('suspended');
    const other = await clusters.addRootKey(instance);
    await expect(cluster.enable(instance, other)).rejects.toMatchObject({ code: 'CLUSTER_SUSPENDED' });
  });

  it('is followed back when it is restored: the cluster runs with the same activation and registers again', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    const before = await cluster.get();
    await change(clusters, deleteKey, instance, key, { force: true });
    await settle(clusters);
    expect(await registrations(clusters, instance, key)).toEqual([]);
    clusters.server.clock.advance(60_000);
    await change(clusters, restoreKey, instance, key);
    await settle(clusters);
    const after = await cluster.get();
    expect(after).toMatchObject({ state: 'normal', status: '', lifecycle: { masterStatus: MASTER_STATUS.ready } });
    expect(after.keyManagementService).toMatchObject({ enabled: true, keyState: 'usable' });
    expect(after.keyManagementService.activation).toEqual(before.keyManagementService.activation);
    expect(clusters.planes.wished(cluster.id)?.state).toBe('running');
    expect(await registrations(clusters, instance, key)).toEqual([expect.stringContaining(`:${cluster.id}:`)]);
    expect(await clusters.server.events.pendingFor('containers-kubernetes', 10)).toHaveLength(0);
    const acknowledged = (await clusters.server.auditRecords())
      .map(({ action }) => action)
      .filter((action) => /ack-/.test(`${action}`));
    expect(acknowledged).toEqual(['kms.secrets.ack-delete', 'kms.secrets.ack-restore']);
    // Registered again, it protects the cluster as before.
    await expect(change(clusters, deleteKey, instance, key)).rejects.toMatchObject({ code: 'KEY_PROTECTS_RESOURCES' });
  });

  it('and purged stays critical and suspended for ever', async () => {
    await using clusters = await startTestClusters({ lifecycle: { purgeAfterDeleteSeconds: 1 } });
    const { cluster, instance, key } = await sealed(clusters);
    await change(clusters, deleteKey, instance, key, { force: true });
    await settle(clusters);
    clusters.server.clock.advance(1000);
    await change(clusters, purgeKey, instance, key);
    await settle(clusters);
    await settle(clusters);
    expect(await cluster.get()).toMatchObject({ state: 'critical', keyManagementService: { keyState: 'destroyed' } });
    expect(clusters.planes.wished(cluster.id)?.state).toBe('suspended');
    expect(await clusters.server.events.pendingFor('containers-kubernetes', 10)).toHaveLength(0);
    expect((await pluginState(clusters, cluster)).keys).toEqual([{ instanceId: instance, keyId: key, verdict: 'destroyed' }]);
  });

  it('cannot be deleted without force while the cluster is registered', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    await expect(change(clusters, deleteKey, instance, key)).rejects.toMatchObject({ code: 'KEY_PROTECTS_RESOURCES' });
    await settle(clusters);
    expect((await cluster.get()).state).toBe('normal');
  });
});

describe('a root key that expires', () => {
  it('makes the cluster critical at once, without suspending it, and lets it move to another key', async () => {
    await using clusters = await startTestClusters();
    const instance = await clusters.addInstance();
    const expires = clusters.server.clock.now() + 86_400_000 + 3_600_000;
    const key = await clusters.addRootKey(instance, { expirationDate: new Date(expires).toISOString() });
    const cluster = await clusters.addCluster('cl1');
    await cluster.enable(instance, key);
    await cluster.work();
    clusters.server.clock.advance(expires - clusters.server.clock.now());
    await settle(clusters);
    const { accountId } = clusters.server.account;
    const row = await clusters.server.store.db.selectFrom('clusters').selectAll().where('id', '=', cluster.id).executeTakeFirst();
    expect(row).toMatchObject({ account_id: accountId, state: 'critical', key_verdict: 'expired', desired_state: 'running' });
  });
});

describe('a service authorization that is removed', () => {
  it('is a warning that suspends nothing; created again, all is normal', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    await removeAuthorizations(clusters);
    await settle(clusters);
    expect(await cluster.get()).toMatchObject({ state: 'warning', keyManagementService: { keyState: 'denied' } });
    expect(clusters.planes.wished(cluster.id)?.state).toBe('running');
    expect((await pluginState(clusters, cluster)).keys).toEqual([{ instanceId: instance, keyId: key, verdict: 'denied' }]);
    await authorize(clusters.server, { roles: [`${SERVICE}Reader`], service: 'kms' });
    await settle(clusters);
    expect((await cluster.get()).state).toBe('normal');
  });
});

describe('a KMS instance that cannot be reached', () => {
  it.each(['running', 'suspended'] as const)('leaves a control plane that is %s as it is', async (state) => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    if (state === 'suspended') await change(clusters, disableKey, instance, key);
    await settle(clusters);
    await clusters.server.store.change(['keys'], async (tx) => {
      await tx.updateTable('instances').set({ state: 'removed' }).where('guid', '=', instance).execute();
    });
    await settle(clusters);
    expect(await cluster.get()).toMatchObject({ state: 'warning', keyManagementService: { keyState: 'unreachable' } });
    expect(clusters.planes.wished(cluster.id)?.state).toBe(state);
    // Nothing is said to the plugin about a key that nobody can see: silence never cuts a lease.
    expect((await pluginState(clusters, cluster)).keys).toEqual([]);
  });
});

describe('a root key that is rotated', () => {
  it('moves the cluster to the new version by itself, and is acknowledged with that version when all is proven', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    const before = (await cluster.get()).keyManagementService.activation;
    await change(clusters, rotateKey, instance, key);
    await clusters.watch.pass();
    expect((await cluster.get()).masterStatus).toBe(MASTER_STATUS.enabling);
    expect(await cluster.work('migrate')).toEqual(['converge', 'migrate']);
    await clusters.watch.pass();
    expect(await clusters.server.events.pendingFor('containers-kubernetes', 10)).toHaveLength(1);
    await cluster.work();
    await settle(clusters);
    const { activation, rootKeyID, run, proof } = (await cluster.get()).keyManagementService;
    expect(rootKeyID).toBe(key);
    expect(run).toMatchObject({ kind: 'rotate', state: 'done' });
    expect(activation?.number).toBe((before?.number ?? 0) + 1);
    expect(activation?.keyVersionId).not.toBe(before?.keyVersionId);
    expect(proof?.keyId).toBe(activation?.keyId);
    expect(await clusters.server.events.pendingFor('containers-kubernetes', 10)).toHaveLength(0);
    const headers = { 'bluemix-instance': instance };
    const { output } = await clusters.server.call(listRegistrations, clusters.server.ownerToken, {
      headers,
      params: { id: key },
      query: {},
    });
    expect(output.resources.map(({ keyVersion }) => keyVersion.id)).toEqual([activation?.keyVersionId]);
    // Both are told to the plugin: what the old one sealed can still be read.
    const { activations } = await pluginState(clusters, cluster);
    expect(activations.map(({ status }) => status)).toEqual(['retired', 'active']);
  });

  it('starts one run, however often the watch looks', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    await change(clusters, rotateKey, instance, key);
    for (let look = 0; look < 3; look++) await clusters.watch.pass();
    const { db } = clusters.server.store;
    const runs = await db
      .selectFrom('cluster_runs')
      .select('kind')
      .where('cluster_id', '=', cluster.id)
      .orderBy('started_at')
      .execute();
    expect(runs.map(({ kind }) => kind)).toEqual(['enable', 'rotate']);
  });
});

describe('a sync', () => {
  it('reaches the cluster, which makes good what it has lost and acknowledges it', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    await clusters.server.store.change(['keys'], async (tx) => {
      await tx.updateTable('registrations').set({ active: 0 }).where('key_id', '=', key).execute();
    });
    await change(clusters, syncResources, instance, key);
    expect((await clusters.server.events.pendingFor('containers-kubernetes', 10)).map(({ event }) => event.type)).toEqual([
      'sync',
    ]);
    await settle(clusters);
    expect(await registrations(clusters, instance, key)).toEqual([expect.stringContaining(`:${cluster.id}:`)]);
    expect(await clusters.server.events.pendingFor('containers-kubernetes', 10)).toHaveLength(0);
    expect((await clusters.server.auditRecords()).map(({ action }) => action)).toContain('kms.secrets.ack-sync');
  });
});

describe('a cluster between two root keys', () => {
  it('depends on both: the old one disabled suspends it, and enabled again lets the move end', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    const second = await clusters.addRootKey(instance);
    await cluster.enable(instance, second);
    await cluster.work('converge');
    await change(clusters, disableKey, instance, key);
    await settle(clusters);
    expect(await cluster.get()).toMatchObject({ state: 'warning', masterHealth: 'suspended' });
    clusters.server.clock.advance(60_000);
    await change(clusters, enableKey, instance, key);
    await settle(clusters);
    expect(clusters.planes.wished(cluster.id)?.state).toBe('running');
    expect(await cluster.work()).toEqual(['migrate', 'prove']);
    await change(clusters, deleteKey, instance, key);
    await settle(clusters);
    expect(await cluster.get()).toMatchObject({ state: 'normal', keyManagementService: { rootKeyID: second } });
  });

  it('acknowledges what happens to the key that it leaves only when it has followed it', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    await cluster.enable(instance, await clusters.addRootKey(instance));
    await cluster.work('converge');
    await change(clusters, disableKey, instance, key);
    await clusters.watch.pass();
    expect(await clusters.server.events.pendingFor('containers-kubernetes', 10)).toHaveLength(1);
    await settle(clusters);
    expect(await clusters.server.events.pendingFor('containers-kubernetes', 10)).toHaveLength(0);
  });

  it('does not depend on a key that it has not begun to write under', async () => {
    await using clusters = await startTestClusters();
    const instance = await clusters.addInstance();
    const key = await clusters.addRootKey(instance);
    const cluster = await clusters.addCluster('cl1');
    await cluster.enable(instance, key);
    await cluster.work('install');
    await change(clusters, disableKey, instance, key);
    await settle(clusters);
    expect(await cluster.get()).toMatchObject({ state: 'normal', masterHealth: 'normal' });
  });
});

describe('the operation that follows a key', () => {
  it('is closed to everybody but the server itself', async () => {
    await using clusters = await startTestClusters();
    const { cluster } = await sealed(clusters);
    const body = { cluster: cluster.id, verdict: 'destroyed' } as const;
    for (const token of [clusters.server.ownerToken, cluster.agentToken, cluster.pluginToken]) {
      const call = clusters.server.call(updateClusterKeyState, token, { body });
      await expect(call).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    }
    expect((await cluster.get()).state).toBe('normal');
  });
});

async function sealed(clusters: TestClusters) {
  const instance = await clusters.addInstance();
  const key = await clusters.addRootKey(instance);
  const cluster = await clusters.addCluster('cl1');
  await cluster.enable(instance, key);
  await cluster.work();
  return { cluster, instance, key };
}

/** Lets watch and control planes do their work, and the watch see the end of it. */
async function settle(clusters: TestClusters): Promise<void> {
  await clusters.watch.pass();
  await clusters.hosted.pass();
  await clusters.watch.pass();
}

async function registrations(clusters: TestClusters, instance: string, id: string): Promise<string[]> {
  const { output } = await clusters.server.call(listRegistrations, clusters.server.ownerToken, {
    headers: { 'bluemix-instance': instance },
    params: { id },
    query: {},
  });
  return output.resources.map(({ resourceCrn }) => resourceCrn);
}

type KeyChange =
  | typeof disableKey
  | typeof enableKey
  | typeof rotateKey
  | typeof deleteKey
  | typeof restoreKey
  | typeof purgeKey
  | typeof syncResources;

async function change(
  clusters: TestClusters,
  operation: KeyChange,
  instance: string,
  id: string,
  query: object = {},
): Promise<void> {
  await clusters.server.call(operation as typeof deleteKey, clusters.server.ownerToken, {
    headers: { 'bluemix-instance': instance },
    params: { id },
    query,
  });
}

async function pluginState(clusters: TestClusters, cluster: TestCluster) {
  return (await clusters.server.call(readPluginState, cluster.pluginToken, { body: { node: 'master-0' } })).output;
}

async function kubeconfig(clusters: TestClusters, cluster: TestCluster): Promise<string> {
  const { output } = await clusters.server.call(getAdminKubeconfig, clusters.server.ownerToken, {
    headers: {},
    params: { idOrName: cluster.name },
  });
  return output.kubeconfig;
}
