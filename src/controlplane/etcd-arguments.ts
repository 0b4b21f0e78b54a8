import type { ClusterPaths } from './cluster-paths.ts';
import { etcdDataDirectory } from './cluster-paths.ts';

export interface EtcdMember {
  readonly clusterId: string;
  readonly paths: ClusterPaths;
  readonly index: number;
  readonly clientUrl: string;
  readonly peerUrl: string;
}

/**
 * Flags of one etcd. A snapshot every 100 entries and a single kept log file let old log files be dropped at the next start, which
 * is what a proof that no plaintext is left on the disk needs. Compaction is left to the agent and to kube-apiserver.
 */
export function etcdArguments(member: EtcdMember): string[] {
  const { secret, shared, directory } = member.paths;
  const name = `etcd-${member.index}`;
  return [
    `--name=${name}`,
    `--data-dir=${etcdDataDirectory(directory, member.index)}`,
    `--listen-client-urls=${member.clientUrl}`,
    `--advertise-client-urls=${member.clientUrl}`,
    `--listen-peer-urls=${member.peerUrl}`,
    `--initial-advertise-peer-urls=${member.peerUrl}`,
    `--initial-cluster=${name}=${member.peerUrl}`,
    `--initial-cluster-token=${member.clusterId}`,
    '--initial-cluster-state=new',
    `--cert-file=${secret.etcdServerCertificate}`,
    `--key-file=${secret.etcdServerKey}`,
    `--trusted-ca-file=${shared.etcdAuthority}`,
    '--client-cert-auth=true',
    `--peer-cert-file=${secret.etcdPeerCertificate}`,
    `--peer-key-file=${secret.etcdPeerKey}`,
    `--peer-trusted-ca-file=${shared.etcdAuthority}`,
    '--peer-client-cert-auth=true',
    '--tls-min-version=TLS1.2',
    '--snapshot-count=100',
    '--max-snapshots=1',
    '--max-wals=1',
    '--auto-compaction-retention=0',
    '--log-level=warn',
  ];
}

/** Small by intention: a hosted etcd holds configuration, not load. */
export function etcdEnvironment(processors: number): Record<string, string> {
  return { GOMAXPROCS: String(Math.min(processors, 4)), GOMEMLIMIT: '512MiB' };
}
