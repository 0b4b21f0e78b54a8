import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { activationKeyId } from '../../../contract/agents/key-id.ts';
import { readPluginState } from '../../../contract/agents/plugin-state.ts';
import { pollStep } from '../../../contract/agents/poll.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { startTestClusters, type TestCluster, type TestClusters } from '../testkit/test-clusters.ts';

describe('the state that a plugin asks for', () => {
  it('names the activation whose key id everybody computes alike, and nothing of the encryption domain itself', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    const state = await ask(clusters, cluster, {});
    const [activation] = state.activations;
    expect(state).toMatchObject({ serverId: 'test-server', kekLeaseSeconds: 3600, cluster: { id: cluster.id } });
    expect(activation).toMatchObject({ epoch: 0, number: 1, instanceId: instance, keyId: key, status: 'active' });
    expect(activation?.nonce).toMatch(/^[0-9a-f]{32}$/);
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
    const shown = (await cluster.get()).keyManagementService.activation?.keyId;
    expect(activation && activationKeyId(activation, sha256)).toBe(shown);
    const row = await clusters.server.store.db.selectFrom('clusters').select('encryption_domain').executeTakeFirst();
    expect(JSON.stringify(state)).not.toContain(row?.encryption_domain);
    expect(state.keys).toEqual([{ instanceId: instance, keyId: key, verdict: 'usable' }]);
  });

  it('waits while nothing has changed, and answers at once when the key is disabled', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    const { revision } = await ask(clusters, cluster, {});
    let answered = false;
    const waiting = ask(clusters, cluster, { knownRevision: revision, waitSeconds: 30 }).then((state) => {
      answered = true;
      return state;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(answered).toBe(false);
    const headers = { 'bluemix-instance': instance };
    await clusters.server.call(disableKey, clusters.server.ownerToken, { headers, params: { id: key } });
    const state = await waiting;
    expect(state.revision).not.toBe(revision);
    expect(state.keys).toEqual([{ instanceId: instance, keyId: key, verdict: 'suspended' }]);
  });

  it('is for the plugin of the cluster only, and leaves no audit record when it is answered', async () => {
    await using clusters = await startTestClusters();
    const { cluster } = await sealed(clusters);
    const { server } = clusters;
    const body = { node: 'master-0' };
    const before = (await server.auditRecords()).length;
    await server.call(readPluginState, cluster.pluginToken, { body });
    expect(await server.auditRecords()).toHaveLength(before);
    await expect(server.call(readPluginState, cluster.agentToken, { body })).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    await expect(server.call(readPluginState, server.ownerToken, { body })).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    const poll = server.call(pollStep, cluster.pluginToken, { body: { agentId: 'agent' } });
    await expect(poll).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  });
});

describe('a waiting agent', () => {
  it('gets its step as soon as there is one', async () => {
    await using clusters = await startTestClusters();
    const instance = await clusters.addInstance();
    const key = await clusters.addRootKey(instance);
    const cluster = await clusters.addCluster('cl1');
    const waiting = clusters.server.call(pollStep, cluster.agentToken, { body: { agentId: 'agent', waitSeconds: 30 } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await cluster.enable(instance, key);
    const { step } = (await waiting).output;
    expect(step).toMatchObject({ name: 'preflight', fence: 1, parameters: { providerName: 'rootward', resources: ['secrets'] } });
    expect(step?.parameters.keyId).toBeUndefined();
  });

  it('is let go when the server stops', async () => {
    await using clusters = await startTestClusters();
    const cluster = await clusters.addCluster('cl1');
    const waiting = clusters.server.call(pollStep, cluster.agentToken, { body: { agentId: 'agent', waitSeconds: 30 } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    clusters.deps.changes.close();
    expect((await waiting).output.step).toBeNull();
  });
});

async function ask(clusters: TestClusters, cluster: TestCluster, more: { knownRevision?: string; waitSeconds?: number }) {
  return (await clusters.server.call(readPluginState, cluster.pluginToken, { body: { node: 'master-0', ...more } })).output;
}

async function sealed(clusters: TestClusters) {
  const instance = await clusters.addInstance();
  const key = await clusters.addRootKey(instance);
  const cluster = await clusters.addCluster('cl1');
  await cluster.enable(instance, key);
  await cluster.work();
  return { cluster, instance, key };
}
