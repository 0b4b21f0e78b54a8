import type { FinderDeps } from './finder.ts';
import type { Program } from './programs.ts';

export interface ReleaseUrls {
  readonly file: string;
  readonly checksums: string;
  /** The file is a gzipped tar archive with the program in it under this name; null: it is the program. */
  readonly member: string | null;
  /** The name of the file in a list of checksums; null: the checksum stands alone. */
  readonly listedAs: string | null;
}

export const KUBERNETES_RELEASES = 'https://dl.k8s.io/release';
export const ETCD_RELEASES = 'https://github.com/etcd-io/etcd/releases/download';

/** Where the official release of a program and its checksum are. */
export function releaseUrls(program: Program, deps: Pick<FinderDeps, 'settings' | 'architecture'>): ReleaseUrls {
  const { version } = program;
  const { download } = deps.settings;
  if (program.name === 'kube-apiserver') {
    const file = `${download?.kubernetesUrl ?? KUBERNETES_RELEASES}/v${version}/bin/linux/${deps.architecture}/kube-apiserver`;
    return { file, checksums: `${file}.sha256`, member: null, listedAs: null };
  }
  const base = `${download?.etcdUrl ?? ETCD_RELEASES}/v${version}`;
  const folder = `etcd-v${version}-linux-${deps.architecture}`;
  return {
    file: `${base}/${folder}.tar.gz`,
    checksums: `${base}/SHA256SUMS`,
    member: `${folder}/etcd`,
    listedAs: `${folder}.tar.gz`,
  };
}
