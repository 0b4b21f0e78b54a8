import { RootwardError } from '../contract/errors.ts';
import { type FoundBinaries, findBinaries, machineDeps } from './binaries/find-binaries.ts';
import type { BinarySettings } from './binaries/finder.ts';
import { PROGRAMS } from './binaries/programs.ts';
import { readClusterFile } from './cluster-file.ts';
import { socketPathIn } from './cluster-paths.ts';
import type { ControlPlaneLogEntry } from './control-plane-status.ts';
import { type ControlPlanes, createControlPlanes } from './control-planes.ts';
import { adminKubeconfig } from './kubeconfig.ts';
import type { PkiBundle } from './pki/bundle.ts';
import { createPki, renewPki } from './pki/create-pki.ts';

export interface HostedControlPlanesDeps {
  readonly settings: BinarySettings;
  readonly log: (entry: ControlPlaneLogEntry) => void;
  /** Takes lines of progress for people: which programs were found, and what a download or build does. */
  readonly report: (line: string) => void;
  /** Ends a download or build. */
  readonly signal?: AbortSignal;
}

export interface HostedPlaces {
  readonly runtimeDirectory: string;
  readonly socketPath: string;
}

/** Everything that a server needs in order to offer hosted clusters on this machine. */
export interface HostedControlPlanes extends ControlPlanes {
  /** Of the kube-apiserver that was found, or that will be fetched. Throws CONTROL_PLANE_UNAVAILABLE where none can run. */
  kubernetesVersion(): string;
  createPki(): Promise<PkiBundle>;
  renewPki(bundle: PkiBundle): Promise<PkiBundle>;
  /** Undefined until the control plane was applied once. */
  places(directory: string): HostedPlaces | undefined;
  adminKubeconfig(cluster: { readonly clusterName: string; readonly apiserver: string; readonly pki: PkiBundle }): string;
  /** Finds the programs now, so that the first cluster does not wait. Throws BINARIES_UNAVAILABLE. */
  fetch(): Promise<FoundBinaries>;
}

export function createHostedControlPlanes(deps: HostedControlPlanesDeps): HostedControlPlanes {
  let known: FoundBinaries | null = null;
  let looking: Promise<FoundBinaries> | null = null;

  /** Found once; after a failure the next caller looks again, because somebody may have installed something. */
  function fetch(): Promise<FoundBinaries> {
    looking ??= findBinaries(machineDeps(deps.settings, deps.report, deps.signal)).then(
      (found) => {
        for (const { name, version, path, source } of Object.values(found))
          deps.report(`${name} ${version} from ${source}: ${path}`);
        known = found;
        return found;
      },
      (error: unknown) => {
        looking = null;
        throw error;
      },
    );
    return looking;
  }

  const planes = createControlPlanes({
    log: deps.log,
    binaries: async () => {
      const found = await fetch();
      return { etcd: found.etcd.path, 'kube-apiserver': found['kube-apiserver'].path };
    },
  });

  return {
    ...planes,
    fetch,
    kubernetesVersion() {
      if (process.platform !== 'linux')
        throw new RootwardError('CONTROL_PLANE_UNAVAILABLE', { hint: 'Hosted clusters need Linux.' });
      return known?.['kube-apiserver'].version ?? PROGRAMS['kube-apiserver'].version;
    },
    createPki: () => createPki(),
    renewPki: (bundle) => renewPki(bundle),
    places(directory) {
      const file = readClusterFile(directory);
      return file === null ? undefined : { runtimeDirectory: file.runtime, socketPath: socketPathIn(file.runtime, 0) };
    },
    adminKubeconfig: ({ clusterName, apiserver, pki }) => adminKubeconfig({ clusterName, url: apiserver, pki }),
  };
}
