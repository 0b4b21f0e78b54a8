import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlanePort, ControlPlaneStatus, DesiredControlPlane } from '../control-plane-port.ts';

/** A port without processes behind it: it remembers every wish and is at once what was wished for. */
export interface RecordedControlPlanes extends ControlPlanePort {
  readonly wishes: DesiredControlPlane[];
  /** Why nothing can run here, as if the programs were found nowhere. */
  missing: string | null;
  /** The last wish for a cluster. */
  wished(clusterId: string): DesiredControlPlane | undefined;
}

const STATES = { running: 'ready', suspended: 'suspended', removed: 'removed' } as const;

export function recordControlPlanes(root: string): RecordedControlPlanes {
  const wishes: DesiredControlPlane[] = [];
  const wished = (clusterId: string) => wishes.findLast((wish) => wish.clusterId === clusterId);
  const status = (clusterId: string): ControlPlaneStatus => {
    const wish = wished(clusterId);
    const { missing } = planes;
    const up = wish?.state === 'running' && missing === null;
    return {
      state: wish?.state === 'running' && missing !== null ? 'starting' : wish ? STATES[wish.state] : 'unknown',
      apiservers: up ? ['https://127.0.0.1:6443'] : [],
      etcd: wish ? ['https://127.0.0.1:2379'] : [],
      problem: missing,
      programsMissing: missing !== null,
    };
  };
  const planes: RecordedControlPlanes = {
    wishes,
    missing: null,
    wished,
    status,
    kubernetesVersion: () => '1.36.3',
    createPki: async () => ({ version: 1, made: wishes.length }),
    renewPki: async (bundle) => bundle,
    places(directory) {
      if (!wishes.some((wish) => wish.directory === directory)) return undefined;
      const runtimeDirectory = join(root, 'runtime', directory.split('/').at(-1) ?? '');
      return { runtimeDirectory, socketPath: join(runtimeDirectory, 'kms-0', 'kms.sock') };
    },
    async apply(desired) {
      mkdirSync(desired.directory, { recursive: true });
      wishes.push(desired);
    },
    adminKubeconfig: ({ clusterName, apiserver }) => `kubeconfig of ${clusterName} at ${apiserver}\n`,
  };
  return planes;
}
