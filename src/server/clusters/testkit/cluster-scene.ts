import { controlRun } from '../../../contract/enabling/run-control.ts';
import type { deleteKey } from '../../../contract/keys/delete.ts';
import type { disableKey } from '../../../contract/keys/disable.ts';
import { enableKey } from '../../../contract/keys/enable.ts';
import type { rotateKey } from '../../../contract/keys/rotate.ts';
import { deletePolicy } from '../../../contract/policies/delete.ts';
import { listPolicies } from '../../../contract/policies/list.ts';
import { listActivations } from '../../../store/clusters/activations.ts';
import { findClusterById } from '../../../store/clusters/clusters.ts';
import { listRegistrations } from '../../../store/kms/registrations.ts';
import type { Step, TestCluster, TestClusters } from './test-clusters.ts';

/** A cluster with an instance and a root key that it does not use yet. */
export async function freshCluster(clusters: TestClusters) {
  const instance = await clusters.addInstance();
  const key = await clusters.addRootKey(instance);
  return { cluster: await clusters.addCluster('cl1'), instance, key };
}

/** A cluster that is sealed by its root key and Ready. */
export async function sealedCluster(clusters: TestClusters) {
  const made = await freshCluster(clusters);
  await made.cluster.enable(made.instance, made.key);
  await made.cluster.work();
  return made;
}

/** Works up to the step and holds it. */
export async function stepNamed(cluster: TestCluster, name: string): Promise<Step> {
  for (let idle = 0; idle < 4; ) {
    const step = await cluster.poll();
    if (step?.name === name) return step;
    if (step) await cluster.done(step);
    else idle++;
  }
  throw new Error(`the run never came to ${name}`);
}

type KeyChange = typeof disableKey | typeof enableKey | typeof rotateKey | typeof deleteKey;

export async function changeKey(
  clusters: TestClusters,
  operation: KeyChange,
  instance: string,
  id: string,
  query: object = {},
): Promise<void> {
  // A key that was just disabled cannot be enabled at once.
  if (operation === enableKey) clusters.server.clock.advance(60_000);
  const headers = { 'bluemix-instance': instance };
  await clusters.server.call(operation as typeof deleteKey, clusters.server.ownerToken, { headers, params: { id }, query });
}

export async function control(clusters: TestClusters, cluster: TestCluster, action: 'pause' | 'resume' | 'abort'): Promise<void> {
  await clusters.server.call(controlRun, clusters.server.ownerToken, { headers: {}, body: { cluster: cluster.name, action } });
}

/** Lets the server do its own steps, waits included, while no agent does anything. */
export async function serverSteps(clusters: TestClusters): Promise<void> {
  for (let pass = 0; pass < 4; pass++) {
    await clusters.driver.pass();
    clusters.server.clock.advance(61_000);
  }
}

/** What a cluster has of root keys, besides what the API shows. */
export async function holdings(clusters: TestClusters, cluster: TestCluster, instanceId: string) {
  const { db } = clusters.server.store;
  const row = await findClusterById(db, cluster.id);
  const activations = await listActivations(db, cluster.id);
  return {
    pluginWanted: row?.plugin_wanted === 1,
    keyId: row?.kms_key_id,
    registeredKeys: (await listRegistrations(db, { instanceId })).map((registration) => registration.key_id),
    activeKeys: activations.filter(({ status }) => status === 'active').map((activation) => activation.key_id),
  };
}

/** Less than the life of a token. */
const LIFE_MS = 1_200_000;

/** A root key that expires soon, so that it is taken by force only, and a way to that moment. */
export async function expiringKey(clusters: TestClusters, instance: string) {
  const { clock } = clusters.server;
  const expires = clock.now() + LIFE_MS;
  const key = await clusters.addRootKey(instance, { expirationDate: new Date(expires).toISOString() });
  return { key, expire: () => clock.advance(expires - clock.now() + 1000) };
}

/** Takes every service authorization away, also from clusters that live on it. */
export async function removeAuthorizations({ server }: TestClusters): Promise<void> {
  const query = { account_id: server.account.accountId, type: 'authorization' } as const;
  const { output } = await server.call(listPolicies, server.ownerToken, { query });
  for (const { id } of output.policies) {
    await server.call(deletePolicy, server.ownerToken, { params: { id }, query: { force: true } });
  }
}
