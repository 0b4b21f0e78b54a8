import { setTimeout as sleep } from 'node:timers/promises';
import { getCluster } from '../../contract/clusters/get.ts';
import { RootwardError } from '../../contract/errors.ts';
import { deleteKey } from '../../contract/keys/delete.ts';
import { disableKey } from '../../contract/keys/disable.ts';
import { enableKey } from '../../contract/keys/enable.ts';
import { rotateKey } from '../../contract/keys/rotate.ts';
import { CLUSTER_PAGE } from '../../contract/views/cluster-columns.ts';
import { renderPage } from '../output/table.ts';
import { isReady, isSealedBy } from '../wait-for-cluster.ts';
import { type DemoState, type DemoStep, mustBe, refusal, secretOf } from './demo-state.ts';
import { provenKeyId, showSealed, waitInDemo } from './steps-cluster.ts';
import { enableWith, newRootKey } from './steps-keys.ts';

const POLL_MS = 500;
const SUSPEND_MS = 60_000;
const RECOVER_MS = 60_000;

const theKey = ({ instanceId, rootKeyId }: DemoState) => ({
  headers: { 'bluemix-instance': instanceId },
  params: { id: rootKeyId },
});

/** Reads until reading fails, and says how. */
async function untilReadFails(state: DemoState): Promise<string> {
  for (const deadline = state.io.now() + SUSPEND_MS; ; await sleep(POLL_MS)) {
    const failure = await tryRead(state);
    if (failure !== undefined) return failure;
    mustBe(state.io.now() < deadline, `The Secret could be read ${SUSPEND_MS / 1000} s after its root key was disabled.`);
    state.tell('The Secret can still be read');
  }
}

/** A cluster is `normal` as soon as its key is; its apiserver needs some seconds more to start. */
async function untilReadWorks(state: DemoState): Promise<void> {
  for (const deadline = state.io.now() + RECOVER_MS; ; await sleep(POLL_MS)) {
    const failure = await tryRead(state);
    if (failure === undefined) return;
    mustBe(
      state.io.now() < deadline,
      `The Secret cannot be read ${RECOVER_MS / 1000} s after its root key was enabled: ${failure}`,
    );
    state.tell('The kube-apiserver starts');
  }
}

/** Why reading the Secret fails, or undefined. */
async function tryRead(state: DemoState): Promise<string | undefined> {
  state.signal.throwIfAborted();
  try {
    await secretOf(state).read();
    return undefined;
  } catch (error) {
    // `fetch` says only that it failed; the reason is in its cause.
    const { message, cause } = error as { readonly message: string; readonly cause?: { readonly message?: string } };
    return (cause?.message || message).split('\n', 1)[0] ?? '';
  }
}

/** A key cannot change again for a while after a change; the server says for how long. */
async function enableWhenAllowed(state: DemoState): Promise<void> {
  for (;;) {
    state.signal.throwIfAborted();
    try {
      await state.client.call(enableKey, theKey(state));
      return;
    } catch (error) {
      if (!(error instanceof RootwardError) || error.code !== 'TOO_EARLY') throw error;
      state.tell('A key cannot be enabled within 30 s after it was disabled; waiting');
      await sleep(2 * POLL_MS);
    }
  }
}

export const LIFECYCLE_STEPS: readonly DemoStep[] = [
  {
    name: 'rotate',
    heading: 'Rotate the root key',
    about: 'The key gets a new version. The cluster learns of it and rewrites every Secret by itself.',
    async run(state) {
      const before = provenKeyId(await state.client.call(getCluster, { query: { cluster: state.clusterId } }));
      await state.client.call(rotateKey, theKey(state));
      const isSealed = isSealedBy(state.rootKeyId);
      const cluster = await waitInDemo(state, (seen) => {
        const { activation, proof } = seen.keyManagementService;
        return isSealed(seen) && activation?.keyId !== before && proof?.keyId === activation?.keyId;
      });
      const after = provenKeyId(cluster);
      return `key_id was ${before}\nkey_id is  ${after}\n${await showSealed(state, after)}`;
    },
  },
  {
    name: 'disable',
    heading: 'Disable the root key',
    about: 'The emergency brake: whoever owns the key can stop every use of it, and with it the cluster.',
    async run(state) {
      await state.client.call(disableKey, theKey(state));
      const failure = await untilReadFails(state);
      const cluster = await waitInDemo(state, ({ state: clusterState }) => clusterState === 'warning');
      return `Reading the Secret fails: ${failure}\nCluster state: ${cluster.state}. ${cluster.status}`;
    },
  },
  {
    name: 'enable-key',
    heading: 'Enable the root key again',
    about: 'Nothing was lost: the cluster comes back by itself, with the same data.',
    async run(state) {
      await enableWhenAllowed(state);
      const cluster = await waitInDemo(state, (seen) => seen.state === 'normal' && isReady(seen));
      await untilReadWorks(state);
      return `Cluster state: ${cluster.state}\n${await showSealed(state, provenKeyId(cluster))}`;
    },
  },
  {
    name: 'new-root-key',
    heading: 'Move the cluster to another root key',
    about: 'Not a new version but a key of its own. Every Secret is rewritten under it.',
    async run(state) {
      const next = await newRootKey(state.client, state.instanceId, `demo-next-${state.suffix}`);
      await enableWith(state.client, state.clusterId, state.instanceId, next);
      state.oldRootKeyId = state.rootKeyId;
      state.rootKeyId = next;
      const cluster = await waitInDemo(state, isSealedBy(next));
      return `The cluster is sealed by ${next}\n${await showSealed(state, provenKeyId(cluster))}`;
    },
  },
  {
    name: 'old-root-key',
    heading: 'The old root key',
    about: 'It is refused for this cluster for ever, protects nothing any more, and can be deleted.',
    async run(state) {
      const { clusterId, client, instanceId, oldRootKeyId } = state;
      const { code, message } = await refusal('ROOT_KEY_PREVIOUS', enableWith(client, clusterId, instanceId, oldRootKeyId));
      await client.call(deleteKey, { headers: { 'bluemix-instance': instanceId }, params: { id: oldRootKeyId } });
      mustBe((await secretOf(state).read()) === state.password, 'The Secret does not read back as it was written.');
      const cluster = await client.call(getCluster, { query: { cluster: clusterId } });
      const page = renderPage(CLUSTER_PAGE.map(({ title, value }) => [title, value(cluster)])).trimEnd();
      return `Refused: [${code}] ${message}\nDeleted, without force. The Secret still reads as it was written.\n${page}`;
    },
  },
];
