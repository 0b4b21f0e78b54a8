import type { ProgramName } from './programs.ts';

export type SourceName = 'configuration' | 'path' | 'cache' | 'release' | 'build';

export interface FoundBinary {
  readonly name: ProgramName;
  readonly path: string;
  readonly version: string;
  readonly source: SourceName;
  /** The sources that come earlier, and why each was not taken. */
  readonly tried: readonly TriedSource[];
}

export interface TriedSource {
  readonly source: SourceName;
  readonly reason: string;
}

/** What a person can set about the two programs. */
export interface BinarySettings {
  readonly paths?: Readonly<Partial<Record<ProgramName, string>>>;
  readonly download?: {
    readonly enabled?: boolean;
    /** `https://dl.k8s.io/release` unless given. */
    readonly kubernetesUrl?: string;
    /** `https://github.com/etcd-io/etcd/releases/download` unless given. */
    readonly etcdUrl?: string;
  };
  readonly build?: {
    readonly enabled?: boolean;
    /** The directory with the Go modules `etcd` and `kube-apiserver`. */
    readonly modules?: string;
  };
}

/** Everything that finding depends on, so that a test can say how much memory there is. */
export interface FinderDeps {
  readonly settings: BinarySettings;
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  /** `amd64` or `arm64`, in the words of the releases. */
  readonly architecture: string;
  readonly freeMemoryBytes: () => number;
  readonly freeDiskBytes: (directory: string) => number;
  /** Takes one line of progress for people. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Thrown by a source to pass on to the next one; the message is the reason that is shown. */
export class NotFromHere extends Error {
  override readonly name = 'NotFromHere';
}
