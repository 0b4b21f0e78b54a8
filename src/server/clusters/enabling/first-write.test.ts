import { describe, expect, it } from 'vitest';
import { reportStep } from '../../../contract/agents/report.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { enableKey } from '../../../contract/keys/enable.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { changeKey, control, freshCluster, holdings, sealedCluster, serverSteps, stepNamed } from '../testkit/cluster-scene.ts';
import { startTestClusters } from '../testkit/test-clusters.ts';
import { isAgentStep, PATHS } from './steps/steps.ts';

describe('a run that has written, and whose key is rotated while it converges', () => {
  it('is not aborted any more: enable', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await freshCluster(clusters);
    await cluster.enable(instance, key);
    const step = await stepNamed(cluster, 'converge');
    await changeKey(clusters, rotateKey, instance, key);
    await cluster.fail(step, 'failed', 'not converged');
    expect((await cluster.get()).keyManagementService.run).toMatchObject({ step: 'converge', abortable: false });
    await expect(control(clusters, cluster, 'abort')).rejects.toMatchObject({ code: 'STEP_ORDER' });
    // Nothing goes back to a configuration in which plaintext is written.
    expect(await cluster.work()).toEqual(['converge', 'migrate', 'prove', 'finish']);
  });

  it('keeps everything while the key is disabled, and ends when it is enabled: enable', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await freshCluster(clusters);
    await cluster.enable(instance, key);
    const step = await stepNamed(cluster, 'converge');
    await changeKey(clusters, rotateKey, instance, key);
    await changeKey(clusters, disableKey, instance, key);
    await cluster.fail(step, 'failed', 'not converged');
    await serverSteps(clusters);
    expect(await holdings(clusters, cluster, instance)).toEqual({
      pluginWanted: true,
      keyId: key,
      registeredKeys: [key],
      activeKeys: [key],
    });
    await changeKey(clusters, enableKey, instance, key);
    const again = await stepNamed(cluster, 'converge');
    expect(again.parameters.oldKeyIds).toEqual([step.parameters.keyId]);
    await cluster.done(again);
    await cluster.work();
    expect((await cluster.get()).keyManagementService).toMatchObject({ enabled: true, run: { state: 'done' } });
  });

  it('still leaves the old key to be released at the end, and watched until then: rekey', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await sealedCluster(clusters);
    const second = await clusters.addRootKey(instance);
    await cluster.enable(instance, second);
    const step = await stepNamed(cluster, 'converge');
    await changeKey(clusters, rotateKey, instance, second);
    await changeKey(clusters, disableKey, instance, second);
    await cluster.fail(step, 'failed', 'not converged');
    await expect(control(clusters, cluster, 'abort')).rejects.toMatchObject({ code: 'STEP_ORDER' });
    await serverSteps(clusters);
    expect(await holdings(clusters, cluster, instance)).toMatchObject({ registeredKeys: [key, second], activeKeys: [second] });
    await changeKey(clusters, enableKey, instance, second);
    await changeKey(clusters, disableKey, instance, key);
    await clusters.watch.pass();
    expect((await cluster.get()).keyManagementService.keyState).toBe('suspended');
    await changeKey(clusters, enableKey, instance, key);
    await clusters.watch.pass();
    await cluster.work();
    expect(await holdings(clusters, cluster, instance)).toMatchObject({ registeredKeys: [second], activeKeys: [second] });
    await expect(cluster.enable(instance, key)).rejects.toMatchObject({ code: 'ROOT_KEY_PREVIOUS' });
  });
});

describe('a rotation in the middle of a run', () => {
  const steps = PATHS.enable.filter(isAgentStep);

  it.each(steps)('at %s ends enabled under the newest version, and never goes back before the first write', async (at) => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await freshCluster(clusters);
    await cluster.enable(instance, key);
    const step = await stepNamed(cluster, at);
    await changeKey(clusters, rotateKey, instance, key);
    await cluster.fail(step, 'retry', 'the plugin does not wrap any more');
    clusters.server.clock.advance(61_000);
    const rest = await cluster.work();
    // Everything before its place is done; what follows the convergence has to be done again under the new activation.
    const from = Math.min(steps.indexOf(at), steps.indexOf('converge'));
    expect(rest).toEqual(steps.slice(from));
    await expectNewest(clusters, cluster, instance, key);
  });

  it.each(['converge', 'migrate', 'prove'])(
    'of a second run ends at once, without a new version to wait for: reenable at %s',
    async (at) => {
      await using clusters = await startTestClusters();
      const { cluster, instance, key } = await sealedCluster(clusters);
      await cluster.enable(instance, key);
      const step = await stepNamed(cluster, at);
      await changeKey(clusters, rotateKey, instance, key);
      await cluster.fail(step, 'failed', 'the plugin does not wrap any more');
      clusters.server.clock.advance(61_000);
      expect(await cluster.work()).toEqual(['converge', 'migrate', 'prove']);
      await expectNewest(clusters, cluster, instance, key);
    },
  );

  it('is given to the agent as soon as it asks, without a failed step', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await freshCluster(clusters);
    await cluster.enable(instance, key);
    await cluster.work('prove');
    await changeKey(clusters, rotateKey, instance, key);
    expect(await cluster.work()).toEqual(['converge', 'migrate', 'prove', 'finish']);
    await expectNewest(clusters, cluster, instance, key);
  });
});

describe('a rollback after which sealed objects remain', () => {
  it('takes nothing away, says so, and lets the cluster be enabled again', async () => {
    await using clusters = await startTestClusters();
    const { cluster, instance, key } = await freshCluster(clusters);
    await cluster.enable(instance, key);
    await cluster.fail(await stepNamed(cluster, 'read-everywhere'), 'failed', 'the disk is on fire');
    const { runId, stepId, fence } = await stepNamed(cluster, 'rollback');
    const evidence = { arrangement: 'read-everywhere', at: '' };
    await clusters.server.call(reportStep, cluster.agentToken, { body: { runId, stepId, fence, outcome: 'done', evidence } });
    await serverSteps(clusters);
    const kept = { pluginWanted: true, keyId: key, registeredKeys: [key], activeKeys: [key] };
    expect(await holdings(clusters, cluster, instance)).toEqual(kept);
    const after = await cluster.get();
    expect(after.lifecycle).toMatchObject({ masterStatus: 'Ready', masterState: 'deployed' });
    expect(after.keyManagementService).toMatchObject({ enabled: false, rootKeyID: key, run: { state: 'failed' } });
    expect(after.keyManagementService.run?.error).toMatch(/^the disk is on fire .*sealed by the root key/);
    // What is sealed depends on the key, so it is watched; and a run that touches nothing takes nothing either.
    await changeKey(clusters, disableKey, instance, key);
    await clusters.watch.pass();
    expect((await cluster.get()).keyManagementService.keyState).toBe('suspended');
    await changeKey(clusters, enableKey, instance, key);
    await clusters.watch.pass();
    await cluster.enable(instance, key);
    await cluster.fail(await stepNamed(cluster, 'preflight'), 'failed', 'etcd is away');
    await serverSteps(clusters);
    expect(await holdings(clusters, cluster, instance)).toEqual(kept);
    const second = await clusters.addRootKey(instance);
    await cluster.enable(instance, second);
    await cluster.work();
    expect(await holdings(clusters, cluster, instance)).toMatchObject({ registeredKeys: [second], activeKeys: [second] });
    expect((await cluster.get()).keyManagementService.enabled).toBe(true);
    await expect(cluster.enable(instance, key)).rejects.toMatchObject({ code: 'ROOT_KEY_PREVIOUS' });
  });
});

async function expectNewest(
  clusters: Awaited<ReturnType<typeof startTestClusters>>,
  cluster: Awaited<ReturnType<typeof freshCluster>>['cluster'],
  instance: string,
  key: string,
): Promise<void> {
  const row = await clusters.server.store.db
    .selectFrom('keys')
    .select('current_version_id')
    .where('instance_id', '=', instance)
    .where('id', '=', key)
    .executeTakeFirst();
  const { activation, enabled, proof, run } = (await cluster.get()).keyManagementService;
  expect({ enabled, run: run?.state, version: activation?.keyVersionId, proven: proof?.keyId }).toEqual({
    enabled: true,
    run: 'done',
    version: row?.current_version_id,
    proven: activation?.keyId,
  });
}
