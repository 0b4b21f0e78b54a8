import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createClassicCluster } from '../../../contract/clusters/create.ts';
import { deleteCluster } from '../../../contract/clusters/delete.ts';
import { getCluster } from '../../../contract/clusters/get.ts';
import { getAdminKubeconfig } from '../../../contract/clusters/kubeconfig.ts';
import { listClusters } from '../../../contract/clusters/list.ts';
import { refreshMaster, refreshMasterV1 } from '../../../contract/clusters/refresh-master.ts';
import { enableKmsV1 } from '../../../contract/enabling/enable.ts';
import { listKmsInstances } from '../../../contract/enabling/instances.ts';
import { listRootKeys } from '../../../contract/enabling/root-keys.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { MASTER_STATUS } from '../../../contract/views/cluster-texts.ts';
import { addPerson, grant, PLATFORM, SERVICE } from '../../testkit/people.ts';
import { startTestClusters, type TestClusters } from '../testkit/test-clusters.ts';

describe('a new cluster', () => {
  it('is deploying until its control plane serves, and is found by id, by name and by both versions of the API', async () => {
    await using clusters = await startTestClusters();
    const { server } = clusters;
    const { output } = await server.call(createClassicCluster, server.ownerToken, { headers: {}, body: { name: 'cl1' } });
    const read = async (params: object, query: object) =>
      (await server.call(getCluster, server.ownerToken, { headers: {}, params, query })).output;
    expect(await read({}, { cluster: 'cl1' })).toMatchObject({ state: 'deploying', masterState: 'deploying', masterURL: '' });
    await clusters.hosted.pass();
    const byId = await read({}, { cluster: output.id, 'v1-compatible': '' });
    expect(byId).toMatchObject({
      id: output.id,
      state: 'normal',
      provider: 'classic',
      masterKubeVersion: '1.36.3',
      lifecycle: { masterStatus: MASTER_STATUS.ready, masterState: 'deployed', masterHealth: 'normal' },
      masterStatus: MASTER_STATUS.ready,
      keyManagementService: { enabled: false },
      etcdPort: '2379',
    });
    expect(byId.crn).toBe(`crn:v1:bluemix:public:containers-kubernetes:us-south:a/${server.account.accountId}:${output.id}::`);
    expect(await read({ idOrName: 'cl1' }, {})).toEqual(byId);
    await expect(read({}, {})).rejects.toMatchObject({ code: 'INVALID_QUERY' });
  });

  it('says that kube-apiserver and etcd are found nowhere, so that nobody waits for it, and deploys once they are there', async () => {
    await using clusters = await startTestClusters();
    const { server, planes } = clusters;
    planes.missing = 'No usable etcd was found: install it, or allow the download, or install Go.';
    await server.call(createClassicCluster, server.ownerToken, { headers: {}, body: { name: 'cl1' } });
    await clusters.hosted.pass();
    const read = async () =>
      (await server.call(getCluster, server.ownerToken, { headers: {}, params: {}, query: { cluster: 'cl1' } })).output;
    expect(await read()).toMatchObject({ masterState: 'deploy_failed', status: planes.missing, state: 'deploying' });
    planes.missing = null;
    await clusters.hosted.pass();
    expect(await read()).toMatchObject({ masterState: 'deployed', status: '', state: 'normal' });
  });

  it('has a name of its own and a version that this server can run', async () => {
    await using clusters = await startTestClusters();
    const { server } = clusters;
    const create = (body: { name: string; masterVersion?: string }) =>
      server.call(createClassicCluster, server.ownerToken, { headers: { 'x-auth-resource-group': '' }, body });
    await create({ name: 'cl1', masterVersion: '1.36' });
    await expect(create({ name: 'cl1' })).rejects.toMatchObject({ code: 'CLUSTER_NAME_TAKEN' });
    await expect(create({ name: 'cl2', masterVersion: '1.3' })).rejects.toMatchObject({ code: 'INVALID_FIELD' });
    await expect(create({ name: 'No Name' })).rejects.toMatchObject({ code: 'INVALID_FIELD' });
    const headers = { 'x-auth-resource-group': 'nothing' };
    const elsewhere = server.call(createClassicCluster, server.ownerToken, { headers, body: { name: 'cl3' } });
    await expect(elsewhere).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' });
  });

  it('keeps its keys sealed: no secret is in its row, and two clusters never share a domain', async () => {
    await using clusters = await startTestClusters();
    await clusters.addCluster('cl1');
    await clusters.addCluster('cl2');
    const rows = await clusters.server.store.db.selectFrom('clusters').selectAll().execute();
    expect(new Set(rows.map((row) => row.encryption_domain)).size).toBe(2);
    for (const row of rows) {
      expect(Buffer.from(row.sealed_credentials ?? []).includes('ApiKey')).toBe(false);
      expect(Buffer.from(row.sealed_pki ?? []).includes('version')).toBe(false);
      expect(row.sealed_pki).not.toBeNull();
    }
  });
});

describe('a deleted cluster', () => {
  it('loses its control plane, its registration and its API keys, and its name is free again', async () => {
    await using clusters = await startTestClusters();
    const { server } = clusters;
    const { cluster, key } = await sealed(clusters);
    await server.call(deleteCluster, server.ownerToken, { headers: {}, params: { idOrName: 'cl1' }, query: {} });
    expect(await cluster.get()).toMatchObject({ state: 'deleting', masterState: 'deleting' });
    await clusters.hosted.pass();
    expect(clusters.planes.wished(cluster.id)?.state).toBe('removed');
    await expect(cluster.get()).rejects.toMatchObject({ code: 'CLUSTER_NOT_FOUND' });
    const { db } = server.store;
    expect(await db.selectFrom('registrations').selectAll().where('key_id', '=', key).where('active', '=', 1).execute()).toEqual(
      [],
    );
    expect(await db.selectFrom('api_keys').selectAll().where('purpose', 'is not', null).execute()).toEqual([]);
    await expect(cluster.poll()).rejects.toMatchObject({ row: { http: 401 } });
    await clusters.addCluster('cl1');
  });
});

describe('what people may see', () => {
  it('is what their roles say', async () => {
    await using clusters = await startTestClusters();
    const { server } = clusters;
    const [one] = [await clusters.addCluster('one'), await clusters.addCluster('two')];
    const viewer = await addPerson(server, 'viewer');
    await grant(server, { iamId: viewer.iamId, roles: [`${PLATFORM}Viewer`], service: 'containers-kubernetes' });
    const names = async (token: string) =>
      (await server.call(listClusters, token, { headers: {}, query: {} })).output.map(({ name }) => name);
    expect(await names(server.ownerToken)).toEqual(['one', 'two']);
    expect(await names(viewer.token)).toEqual(['one', 'two']);
    const nobody = await addPerson(server, 'nobody');
    await expect(names(nobody.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    const foreign = await server.addAccount();
    expect(await names(foreign.token)).toEqual([]);
    const kubeconfig = (token: string) => server.call(getAdminKubeconfig, token, { headers: {}, params: { idOrName: one.id } });
    await expect(kubeconfig(viewer.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await expect(kubeconfig(foreign.token)).rejects.toMatchObject({ code: 'CLUSTER_NOT_FOUND' });
    await grant(server, { iamId: viewer.iamId, roles: [`${SERVICE}Manager`], service: 'containers-kubernetes' });
    expect((await kubeconfig(viewer.token)).output.kubeconfig).toContain('one');
  });

  it('of KMS instances and root keys: the ones that can be used', async () => {
    await using clusters = await startTestClusters();
    const { server } = clusters;
    const instance = await clusters.addInstance();
    const key = await clusters.addRootKey(instance);
    await clusters.addRootKey(instance, { extractable: true });
    const disabled = await clusters.addRootKey(instance);
    const headers = { 'bluemix-instance': instance };
    await server.call(disableKey, server.ownerToken, { headers, params: { id: disabled } });
    const instances = await server.call(listKmsInstances, server.ownerToken, { headers: {} });
    expect(instances.output).toEqual([{ instance_id: instance, name: 'kp', region: 'us-south', service: 'kms' }]);
    const keys = (token: string) => server.call(listRootKeys, token, { headers: {}, query: { kms_instance: instance } });
    expect((await keys(server.ownerToken)).output).toEqual([{ crk_id: key, name: 'a key' }]);
    const viewer = await addPerson(server, 'viewer');
    await grant(server, { iamId: viewer.iamId, roles: [`${PLATFORM}Viewer`], service: 'containers-kubernetes' });
    expect((await server.call(listKmsInstances, viewer.token, { headers: {} })).output).toEqual([]);
    await expect(keys(viewer.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    const foreign = await server.addAccount();
    await expect(keys(foreign.token)).rejects.toMatchObject({ code: 'KMS_INSTANCE_UNKNOWN' });
  });
});

describe('a master refresh', () => {
  it('stops and starts the apiservers, and is refused while something else is done to them', async () => {
    await using clusters = await startTestClusters();
    const { server, planes } = clusters;
    const instance = await clusters.addInstance();
    const cluster = await clusters.addCluster('cl1');
    await server.call(refreshMaster, server.ownerToken, { headers: {}, body: { cluster: 'cl1' } });
    const again = { headers: {}, params: { idOrName: 'cl1' }, body: { action: 'refresh' } } as const;
    await expect(server.call(refreshMasterV1, server.ownerToken, again)).rejects.toMatchObject({ code: 'CLUSTER_BUSY' });
    const before = planes.wishes.length;
    await clusters.hosted.pass();
    expect(planes.wishes.slice(before).map(({ state }) => state)).toEqual(['suspended', 'running']);
    expect((await cluster.get()).lifecycle).toMatchObject({ masterStatus: MASTER_STATUS.ready, masterState: 'deployed' });
    await cluster.enable(instance, await clusters.addRootKey(instance));
    await expect(server.call(refreshMasterV1, server.ownerToken, again)).rejects.toMatchObject({ code: 'CLUSTER_BUSY' });
  });
});

describe('companions of the apiserver', () => {
  it('the agent is there from the start, the plugin from the activation on; their keys are files that only the owner reads', async () => {
    await using clusters = await startTestClusters();
    const { planes } = clusters;
    const cluster = await clusters.addCluster('cl1');
    expect(planes.wished(cluster.id)).toMatchObject({ plugin: null, agent: { command: '/usr/bin/node' } });
    const instance = await clusters.addInstance();
    await cluster.enable(instance, await clusters.addRootKey(instance));
    await cluster.work('preflight');
    await clusters.driver.pass();
    await clusters.driver.pass();
    await clusters.hosted.pass();
    const { plugin, directory } = planes.wished(cluster.id) ?? {};
    expect(plugin?.args).toEqual(['rootward.cjs', 'kms-plugin', '--config', `${directory}/kms-plugin.json`]);
    const config = JSON.parse(await readFile(`${directory}/kms-plugin.json`, 'utf8'));
    expect(config).toMatchObject({ clusterId: cluster.id, serverId: 'test-server' });
    expect(config.serverUrl).toMatch(/^unix:/);
    expect(statSync(config.apiKeyFile).mode & 0o777).toBe(0o600);
    const key = (await readFile(config.apiKeyFile, 'utf8')).trim();
    expect(await clusters.server.logIn(key)).not.toBe('');
    expect(JSON.stringify(plugin)).not.toContain(key);
    const wishes = planes.wishes.length;
    await clusters.hosted.pass();
    expect(planes.wishes.length).toBe(wishes);
  });
});

describe('the address of version 1', () => {
  it('enables as well', async () => {
    await using clusters = await startTestClusters();
    const { server } = clusters;
    const instanceID = await clusters.addInstance();
    const crkID = await clusters.addRootKey(instanceID);
    const cluster = await clusters.addCluster('cl1');
    const outcome = await server.call(enableKmsV1, server.ownerToken, {
      headers: {},
      params: { idOrName: 'cl1' },
      body: { instanceID, crkID, url: 'https://us-south.kms.cloud.ibm.com' },
    });
    expect(outcome.output).toBeUndefined();
    await cluster.work();
    expect((await cluster.get()).keyManagementService).toMatchObject({ enabled: true, privateEndpoint: false });
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
