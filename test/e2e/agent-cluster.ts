/** A hosted control plane (real etcd, real kube-apiserver) with a plugin of the test, for tests that run the agent's steps. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterAccess, hostedAccess } from '../../src/cluster-agent/cluster-access.ts';
import type { KubeClient } from '../../src/cluster-agent/kube/kube-client.ts';
import { openKubeClient } from '../../src/cluster-agent/kube/open-clients.ts';
import { runStep, type StepReport } from '../../src/cluster-agent/run-step.ts';
import type { Progress } from '../../src/cluster-agent/step.ts';
import { pluginSocketPath } from '../../src/controlplane/apiserver-record.ts';
import { createControlPlanes } from '../../src/controlplane/control-planes.ts';
import { createPki } from '../../src/controlplane/pki/create-pki.ts';
import type { ControlPlaneBinaries } from '../../src/controlplane/process-specs.ts';
import { MemoryKmsPlugin } from './memory-kms-plugin.ts';

export interface AgentCluster extends AsyncDisposable {
  readonly directory: string;
  readonly access: ClusterAccess;
  readonly plugin: MemoryKmsPlugin;
  readonly kube: KubeClient;
  readonly runId: string;
  /** Calls back at every progress of the steps that follow. */
  watch(listener: (progress: Progress) => unknown): void;
  run(name: string, parameters?: Record<string, unknown>, signal?: AbortSignal): Promise<StepReport>;
}

export async function startAgentCluster(binaries: ControlPlaneBinaries, apiserverCount: 1 | 2 = 1): Promise<AgentCluster> {
  const data = await mkdtemp(join(tmpdir(), 'rootward-agent-'));
  const clusterId = randomUUID();
  const directory = join(data, 'clusters', clusterId);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const planes = createControlPlanes({ binaries: async () => binaries, log: () => undefined });
  const plugin = new MemoryKmsPlugin();
  const pki = await createPki();
  await planes.apply({
    clusterId,
    clusterName: 'agent-test',
    directory,
    pki,
    state: 'running',
    plugin: null,
    agent: null,
    apiserverCount,
  });
  await planes.waitReady(clusterId, 60_000);
  for (let index = 0; index < apiserverCount; index += 1) await plugin.listen(pluginSocketPath(directory, index));
  const access = hostedAccess(directory);
  const kube = await openKubeClient(access, 0);
  const runId = randomUUID();
  let listener: (progress: Progress) => unknown = () => undefined;
  return {
    directory,
    access,
    plugin,
    kube,
    runId,
    watch: (next) => {
      listener = next;
    },
    run: (name, parameters = {}, signal = new AbortController().signal) =>
      runStep(
        { runId, stepId: `${runId}.${name}`, name, fence: 1, parameters: { keyId: plugin.keyId, ...parameters } },
        {
          access,
          signal,
          now: () => new Date(),
          serverSkewMs: 0,
          progress: (one) => void listener(one),
          confirm: async () => undefined,
        },
      ),
    async [Symbol.asyncDispose]() {
      await kube.close();
      await planes.stopAll();
      plugin.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
