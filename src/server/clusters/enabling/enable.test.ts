import { describe, expect, it } from 'vitest';
import { reportStep } from '../../../contract/agents/report.ts';
import { controlRun } from '../../../contract/enabling/run-control.ts';
import type { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { enableKey } from '../../../contract/keys/enable.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { listRegistrations } from '../../../contract/registrations/list.ts';
import { MASTER_STATUS } from '../../../contract/views/cluster-texts.ts';
import { type Step, startTestClusters, type TestCluster, type TestClusters } from '../testkit/test-clusters.ts';
import { isAgentStep, PATHS } from './steps/steps.ts';

const HALF_HOUR = 1_800_000;

describe('enabling', () => {
  it('shows the progress that clients wait for, registers first, and ends Ready with a stored proof', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await fresh(clusters);
    expect((await cluster.get()).masterStatus).toBe(MASTER_STATUS.ready);
    await cluster.enable(instance, key);
    const during = await cluster.get();
    expect(during.lifecycle).toMatchObject({ masterStatus: MASTER_STATUS.enabling, masterState: 'updating' });
    expect(during).toMatchObject({ state: 'normal', features: { keyProtectEnabled: false } });
    expect(await cluster.work('preflight')).toEqual(['preflight']);
    await clusters.driver.pass();
    expect(await registrations(clusters, instance, key)).toHaveLength(1);
    expect(await cluster.work()).toEqual(PATHS.enable.filter(isAgentStep).slice(1));
    const after = await cluster.get();
    expect(after.lifecycle).toMatchObject({ masterStatus: MASTER_STATUS.ready, masterState: 'deployed' });
    expect(after.features.keyProtectEnabled).toBe(true);
    const kms = after.keyManagementService;
    expect(kms).toMatchObject({
      enabled: true,
      instanceID: instance,
      rootKeyID: key,
      keyState: 'usable',
      run: { state: 'done' },
    });
    expect(kms.proof).toMatchObject({
      keyId: kms.activation?.keyId,
      live: { proven: true },
      history: { proven: true },
      disk: { proven: true },
    });
    expect(kms.activation?.keyId).toMatch(/^rw1\./);
  });

  it('refuses a second enable while the first one runs, and accepts the same key again when Ready', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await fresh(clusters);
    await cluster.enable(instance, key);
    await expect(cluster.enable(instance, key)).rejects.toMatchObject({ code: 'CLUSTER_BUSY' });
    await cluster.work();
    const before = (await cluster.get()).keyManagementService.activation;
    await cluster.enable(instance, key);
    expect(await cluster.work()).toEqual(['converge', 'migrate', 'prove']);
    const { activation, run } = (await cluster.get()).keyManagementService;
    expect(run).toMatchObject({ kind: 'reenable', state: 'done' });
    expect(activation).toEqual(before);
  });

  it('moves to another root key, releases the old one only after the proof, and never takes it back', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    const second = await clusters.addRootKey(instance);
    await cluster.enable(instance, second);
    await cluster.work('migrate');
    await clusters.driver.pass();
    expect(await registrations(clusters, instance, key)).toHaveLength(1);
    expect(await registrations(clusters, instance, second)).toHaveLength(1);
    await cluster.work();
    expect(await registrations(clusters, instance, key)).toHaveLength(0);
    await expect(cluster.enable(instance, key)).rejects.toMatchObject({ code: 'ROOT_KEY_PREVIOUS' });
    const third = await clusters.addRootKey(instance);
    await cluster.enable(instance, third);
    await cluster.work();
    for (const previous of [key, second]) {
      await expect(cluster.enable(instance, previous)).rejects.toMatchObject({ code: 'ROOT_KEY_PREVIOUS' });
    }
    const other = await clusters.addCluster('other');
    await expect(other.enable(instance, key)).resolves.toBeUndefined();
    expect((await cluster.get()).keyManagementService).toMatchObject({ rootKeyID: third, enabled: true });
  });
});

describe('failures before the first write', () => {
  it.each(['preflight', 'install', 'read-everywhere'])('at %s give everything back and leave the reason', async (at) => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await fresh(clusters);
    await cluster.enable(instance, key);
    const step = await stepNamed(cluster, at);
    await cluster.fail(step, 'failed', 'the disk is on fire');
    expect(await cluster.work()).toEqual(at === 'preflight' ? [] : ['rollback']);
    const after = await cluster.get();
    expect(after.lifecycle).toMatchObject({ masterStatus: MASTER_STATUS.ready, masterState: 'deployed' });
    expect(after.keyManagementService).toMatchObject({ enabled: false, run: { state: 'failed', error: 'the disk is on fire' } });
    expect(after.keyManagementService.rootKeyID).toBeUndefined();
    expect(await registrations(clusters, instance, key)).toHaveLength(0);
    // The key was never used, so it may be tried again.
    await cluster.enable(instance, key);
    await cluster.work();
    expect((await cluster.get()).keyManagementService.enabled).toBe(true);
  });

  it('a key that is disabled before the first write is never written under', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await fresh(clusters);
    await cluster.enable(instance, key);
    await cluster.work('read-everywhere');
    await change(clusters, disableKey, instance, key);
    expect(await cluster.work()).toEqual(['rollback']);
    expect((await cluster.get()).keyManagementService.run?.state).toBe('failed');
  });
});

describe('failures after the first write', () => {
  it('are tried again for ever, with growing pauses, and never undone', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await fresh(clusters);
    await cluster.enable(instance, key);
    const step = await stepNamed(cluster, 'migrate');
    await cluster.fail(step, 'failed', 'etcd is slow');
    for (let attempt = 0; attempt < 40; attempt++) {
      expect(await cluster.poll()).toBeNull();
      clusters.server.clock.advance(60_000);
      const again = await cluster.poll();
      expect(again?.name).toBe('migrate');
      if (again) await cluster.fail(again, 'failed', 'etcd is slow');
    }
    expect((await cluster.get()).keyManagementService.run).toMatchObject({
      state: 'running',
      step: 'migrate',
      error: 'etcd is slow',
      abortable: false,
    });
    clusters.server.clock.advance(60_000);
    await cluster.work();
    expect((await cluster.get()).keyManagementService.enabled).toBe(true);
  });

  it('a key that is disabled before the migration stops it until the key is enabled', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await fresh(clusters);
    await cluster.enable(instance, key);
    await cluster.work('converge');
    await change(clusters, disableKey, instance, key);
    expect(await cluster.poll()).toBeNull();
    clusters.server.clock.advance(HALF_HOUR);
    await change(clusters, enableKey, instance, key);
    clusters.server.clock.advance(2000);
    expect(await cluster.work()).toEqual(['migrate', 'prove', 'finish']);
  });

  it('a key that is rotated while the cluster converges is activated anew', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await fresh(clusters);
    await cluster.enable(instance, key);
    const step = await stepNamed(cluster, 'converge');
    const before = step.parameters.keyId;
    await change(clusters, rotateKey, instance, key);
    await cluster.fail(step, 'failed', 'not converged');
    const again = await stepNamed(cluster, 'converge');
    expect(again.parameters.keyId).not.toBe(before);
    expect(again.parameters.oldKeyIds).toContain(before);
  });

  it('a proof from before the last write releases nothing', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealed(clusters);
    const second = await clusters.addRootKey(instance);
    await cluster.enable(instance, second);
    await cluster.work('prove');
    const proof = JSON.stringify({ ...(await cluster.get()).keyManagementService.proof, provenAt: '2020-01-01T00:00:00.000Z' });
    await clusters.server.store.change([], async (tx) => {
      await tx.updateTable('clusters').set({ proof }).where('id', '=', cluster.id).execute();
    });
    await clusters.driver.pass();
    expect(await registrations(clusters, instance, key)).toHaveLength(1);
    expect(await cluster.work()).toEqual(['prove']);
    expect(await registrations(clusters, instance, key)).toHaveLength(0);
  });
});

describe('control of a run', () => {
  it('aborts before the first write and refuses afterwards', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await fresh(clusters);
    await cluster.enable(instance, key);
    await cluster.work('install');
    await control(clusters, cluster, 'abort');
    expect(await cluster.work()).toEqual(['rollback']);
    expect((await cluster.get()).keyManagementService.run?.state).toBe('aborted');
    await cluster.enable(instance, key);
    await stepNamed(cluster, 'write');
    await expect(control(clusters, cluster, 'abort')).rejects.toMatchObject({ code: 'STEP_ORDER' });
  });

  it('pauses between steps and resumes; a step in flight is finished', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await fresh(clusters);
    await cluster.enable(instance, key);
    const step = await stepNamed(cluster, 'migrate');
    await control(clusters, cluster, 'pause');
    await cluster.done(step);
    clusters.server.clock.advance(HALF_HOUR);
    expect(await cluster.poll()).toBeNull();
    await control(clusters, cluster, 'resume');
    expect(await cluster.work()).toEqual(['prove', 'finish']);
  });
});

describe('fences', () => {
  it('refuse a report under an older fence, for another step, and twice', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await fresh(clusters);
    await cluster.enable(instance, key);
    const first = await stepNamed(cluster, 'preflight');
    expect(await cluster.poll('agent-2')).toBeNull();
    clusters.server.clock.advance(61_000);
    const second = await cluster.poll('agent-2');
    expect(second).toMatchObject({ name: 'preflight', stepId: first.stepId });
    expect(second?.fence).toBeGreaterThan(first.fence);
    await expect(cluster.done(first)).rejects.toMatchObject({ code: 'STEP_FENCED' });
    if (!second) throw new Error('no step');
    const elsewhere = { ...second, stepId: second.stepId.replace('preflight', 'prove') };
    await expect(cluster.done(elsewhere)).rejects.toMatchObject({ code: 'STEP_FENCED' });
    await cluster.done(second);
    await expect(cluster.done(second)).rejects.toMatchObject({ code: 'STEP_FENCED' });
  });

  it('give a restarted agent its step at once, and keep the step from another cluster', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await fresh(clusters);
    const other = await clusters.addCluster('other');
    await cluster.enable(instance, key);
    const first = await stepNamed(cluster, 'preflight');
    const again = await cluster.poll();
    expect(again?.fence).toBe(first.fence + 1);
    const body = { runId: first.runId, stepId: first.stepId, fence: first.fence + 1, outcome: 'done', evidence: {} } as const;
    await expect(clusters.server.call(reportStep, other.agentToken, { body })).rejects.toMatchObject({ code: 'STEP_FENCED' });
    await expect(clusters.server.call(reportStep, cluster.pluginToken, { body })).rejects.toMatchObject({
      code: 'ACTION_DENIED',
    });
  });
});

async function fresh(clusters: TestClusters) {
  const instance = await clusters.addInstance();
  const key = await clusters.addRootKey(instance);
  return { cluster: await clusters.addCluster('cl1'), instance, key };
}

async function sealed(clusters: TestClusters) {
  const made = await fresh(clusters);
  await made.cluster.enable(made.instance, made.key);
  await made.cluster.work();
  return made;
}

/** Works up to the step and holds it. */
async function stepNamed(cluster: TestCluster, name: string): Promise<Step> {
  for (let idle = 0; idle < 4; ) {
    const step = await cluster.poll();
    if (step?.name === name) return step;
    if (step) await cluster.done(step);
    else idle++;
  }
  throw new Error(`the run never came to ${name}`);
}

async function registrations(clusters: TestClusters, instance: string, id: string): Promise<string[]> {
  const { output } = await clusters.server.call(listRegistrations, clusters.server.ownerToken, {
    headers: { 'bluemix-instance': instance },
    params: { id },
    query: {},
  });
  return output.resources.map((registration) => registration.resourceCrn);
}

type KeyChange = typeof disableKey | typeof enableKey | typeof rotateKey | typeof deleteKey;

async function change(clusters: TestClusters, operation: KeyChange, instance: string, id: string): Promise<void> {
  await clusters.server.call(operation as typeof disableKey, clusters.server.ownerToken, {
    headers: { 'bluemix-instance': instance },
    params: { id },
  });
}

async function control(clusters: TestClusters, cluster: TestCluster, action: 'pause' | 'resume' | 'abort'): Promise<void> {
  await clusters.server.call(controlRun, clusters.server.ownerToken, { headers: {}, body: { cluster: cluster.name, action } });
}
