import type { Cluster } from '../../contract/clusters/cluster.ts';
import { createClassicCluster } from '../../contract/clusters/create.ts';
import { RootwardError } from '../../contract/errors.ts';
import { proofText } from '../../contract/views/cluster-columns.ts';
import { type Condition, isReady, isSealedBy, waitForCluster } from '../wait-for-cluster.ts';
import { openDemoSecret, SECRET_KEY } from './demo-secret.ts';
import { type DemoState, type DemoStep, mustBe, secretOf } from './demo-state.ts';
import { rawEtcd, visible } from './raw-etcd.ts';
import { enableWith } from './steps-keys.ts';

const SEALED = 'k8s:enc:kms:v2:rootward';
const TIMEOUT_MS = 15 * 60_000;
const NO_BYTES = 'The data directory of this server is not here (--data-dir), so its etcd cannot be shown.';

export function waitInDemo(state: DemoState, done: Condition): Promise<Cluster> {
  const progress = { update: state.tell, end: () => {} };
  const until: Condition = (cluster) => {
    state.signal.throwIfAborted();
    return done(cluster);
  };
  return waitForCluster(state.clusterId, until, { client: state.client, io: state.io, progress, timeoutMs: TIMEOUT_MS });
}

/** Reads the Secret's bytes in etcd and checks that nothing of it can be read there. */
export async function showSealed(state: DemoState, keyId: string): Promise<string> {
  mustBe((await secretOf(state).read()) === state.password, 'The Secret does not read back as it was written.');
  if (!state.raw) return `${NO_BYTES} The Secret reads back as it was written.`;
  const bytes = await state.raw(SECRET_KEY);
  if (!bytes) throw new RootwardError('PROOF_FAILED', { message: 'The Secret is not in etcd.' });
  mustBe(bytes.toString('latin1').startsWith(SEALED), `The Secret in etcd does not begin with ${SEALED}.`);
  mustBe(!bytes.includes(state.password), 'The Secret can be read in etcd.');
  mustBe(bytes.includes(keyId), `The Secret in etcd is not sealed under ${keyId}.`);
  return `etcd holds: ${visible(bytes)}\nThe Kubernetes API still reads the same Secret.`;
}

/** The `key_id` that everything is sealed under, as the proof names it. */
export function provenKeyId(cluster: Cluster): string {
  const { activation, proof } = cluster.keyManagementService;
  mustBe(activation !== undefined && proof?.keyId === activation.keyId, 'The proof is not about the active key.');
  return activation?.keyId ?? '';
}

export const CLUSTER_STEPS: readonly DemoStep[] = [
  {
    name: 'cluster',
    heading: 'A cluster',
    about: 'A real etcd and a real kube-apiserver, as processes on this host.',
    async run(state) {
      const { id } = await state.client.call(createClassicCluster, { body: { name: `demo-${state.suffix}` } });
      state.clusterId = id;
      const cluster = await waitInDemo(state, isReady);
      state.secret = await openDemoSecret(state.client, id);
      state.raw = state.dataDir === undefined ? undefined : rawEtcd(state.dataDir, id);
      return `Cluster ${cluster.name} (${id}) runs Kubernetes ${cluster.masterKubeVersion} at ${cluster.masterURL}`;
    },
  },
  {
    name: 'plaintext',
    heading: 'A Secret, as Kubernetes stores it by default',
    about: 'Written by the Kubernetes API, then read straight from etcd.',
    async run(state) {
      await secretOf(state).write(state.password);
      if (!state.raw) return NO_BYTES;
      const bytes = await state.raw(SECRET_KEY);
      mustBe(bytes?.includes(state.password) === true, 'The Secret is not where it should be seen.');
      const at = bytes?.indexOf(state.password) ?? 0;
      return `etcd holds: …${visible(bytes?.subarray(Math.max(0, at - 24)) ?? Buffer.alloc(0))}\nAnybody with a copy of etcd reads the password.`;
    },
  },
];

export const SEAL_STEPS: readonly DemoStep[] = [
  {
    name: 'enable',
    heading: 'Seal the cluster by the root key',
    about: 'The KMS plugin is connected, every kube-apiserver reads and then writes through it, and every Secret is rewritten.',
    async run(state) {
      await enableWith(state.client, state.clusterId, state.instanceId, state.rootKeyId);
      const cluster = await waitInDemo(state, isSealedBy(state.rootKeyId));
      return `Master status: ${cluster.masterStatus}. Key management service: enabled.`;
    },
  },
  {
    name: 'proof',
    heading: 'The same Secret in etcd now',
    about: 'Live objects, the history that etcd keeps, and the files on the disk were searched, each for itself.',
    async run(state) {
      const cluster = await waitInDemo(state, isSealedBy(state.rootKeyId));
      const { proof } = cluster.keyManagementService;
      for (const level of ['live', 'history', 'disk'] as const)
        mustBe(proof?.[level]?.proven === true, `"${level}" is not proven.`);
      return `${await showSealed(state, provenKeyId(cluster))}\nProof: ${proofText(proof)}`;
    },
  },
];
