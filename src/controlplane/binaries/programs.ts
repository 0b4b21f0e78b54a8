export type ProgramName = 'kube-apiserver' | 'etcd';

/** What is known in advance about one of the two programs. The versions here and those of the go.mod files in tools/controlplane are the same. */
export interface Program {
  readonly name: ProgramName;
  /** The release that is downloaded or built. */
  readonly version: string;
  /** The oldest that is taken from PATH or from a configured path. */
  readonly oldest: string;
  readonly goPackage: string;
  readonly build: BuildNeeds;
}

export interface BuildNeeds {
  readonly minutes: string;
  readonly diskBytes: number;
  readonly memoryBytes: number;
  /** Extra `-ldflags`, by which a build from a module learns its own version. */
  readonly linkerFlags: readonly string[];
}

export const GIBIBYTE = 2 ** 30;
export const OLDEST_GO = '1.26';

const KUBERNETES = '1.36.3';
const [MAJOR, MINOR] = KUBERNETES.split('.');
const VERSION_PACKAGE = 'k8s.io/component-base/version';

export const PROGRAMS: Readonly<Record<ProgramName, Program>> = {
  'kube-apiserver': {
    name: 'kube-apiserver',
    version: KUBERNETES,
    oldest: '1.29',
    goPackage: 'k8s.io/kubernetes/cmd/kube-apiserver',
    build: {
      minutes: '5 to 25 minutes',
      diskBytes: 6 * GIBIBYTE,
      memoryBytes: 3 * GIBIBYTE,
      linkerFlags: [
        `-X ${VERSION_PACKAGE}.gitVersion=v${KUBERNETES}`,
        `-X ${VERSION_PACKAGE}.gitMajor=${MAJOR}`,
        `-X ${VERSION_PACKAGE}.gitMinor=${MINOR}`,
      ],
    },
  },
  etcd: {
    name: 'etcd',
    version: '3.6.16',
    oldest: '3.5',
    goPackage: 'go.etcd.io/etcd/server/v3',
    build: { minutes: '1 to 5 minutes', diskBytes: GIBIBYTE, memoryBytes: GIBIBYTE, linkerFlags: [] },
  },
};
