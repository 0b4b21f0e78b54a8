/** How the agent reaches a control plane: its processes, its files and its certificates. */
import { RootwardError } from '../contract/errors.ts';
import { restartEtcd } from '../controlplane/apiserver-record.ts';
import { type ClusterFile, readClusterFile } from '../controlplane/cluster-file.ts';
import { clusterPaths, encryptionConfigPath, etcdDataDirectory, socketPathIn } from '../controlplane/cluster-paths.ts';
import type { ProcessIdentity } from '../controlplane/processes/process-identity.ts';
import { type ProcessRecord, readRecords } from '../controlplane/processes/process-record.ts';
import type { TlsFiles } from './etcd/etcd-client.ts';

export interface ApiserverInstance {
  readonly index: number;
  readonly url: string;
  readonly configPath: string;
  /** Where the KMS plugin beside it listens. */
  readonly socketPath: string | undefined;
  /** SHA-256 (hex) of the configuration that the running process was started with. */
  readonly configSha256: string | undefined;
  /** Null while it is being started again. */
  readonly process: ProcessIdentity | null;
}

export interface EtcdMember {
  readonly index: number;
  readonly url: string;
  readonly dataDirectory: string;
  readonly process: ProcessIdentity | null;
}

/** Everything is read again at each call, because a supervisor restarts processes meanwhile. */
export interface ClusterAccess {
  /** All of them, also those that are down, in the order of their indexes. */
  apiservers(): readonly ApiserverInstance[];
  etcdMembers(): readonly EtcdMember[];
  /** Returns when the next process has been started; it may not be ready yet. */
  restartEtcd(index: number, timeoutMs: number): Promise<void>;
  kubeTls(): TlsFiles;
  etcdTls(): TlsFiles;
}

/** A hosted cluster, by the files that its supervisor keeps in DATA/clusters/<id>. */
export function hostedAccess(directory: string): ClusterAccess {
  const paths = () => clusterPaths(directory, clusterFile(directory).runtime);
  return {
    apiservers: () => {
      const { apiservers, runtime } = clusterFile(directory);
      const records = recordsOf(directory, 'kube-apiserver');
      // The list is that of cluster.json: an apiserver that happens to be down must not be forgotten.
      return apiservers.map((url, index) => {
        const record = records.get(index);
        return {
          index,
          url,
          configPath: encryptionConfigPath(directory, index),
          socketPath: socketPathIn(runtime, index),
          configSha256: record?.encryptionConfigSha256,
          process: record?.process ?? null,
        };
      });
    },
    etcdMembers: () => {
      const records = recordsOf(directory, 'etcd');
      return clusterFile(directory).etcd.map((url, index) => ({
        index,
        url,
        dataDirectory: etcdDataDirectory(directory, index),
        process: records.get(index)?.process ?? null,
      }));
    },
    restartEtcd: async (index, timeoutMs) => {
      await restartEtcd(directory, index, timeoutMs);
    },
    kubeTls: () => {
      const { shared, secret } = paths();
      return { caFile: shared.clusterAuthority, certFile: secret.agentCertificate, keyFile: secret.agentKey };
    },
    etcdTls: () => {
      const { shared } = paths();
      return { caFile: shared.etcdAuthority, certFile: shared.etcdClientCertificate, keyFile: shared.etcdClientKey };
    },
  };
}

function recordsOf(directory: string, role: ProcessRecord['role']): ReadonlyMap<number, ProcessRecord> {
  return new Map(readRecords(directory).flatMap((record) => (record.role === role ? [[record.index, record]] : [])));
}

function clusterFile(directory: string): ClusterFile {
  const file = readClusterFile(directory);
  if (file === null) throw new RootwardError('CONFIG', { message: `There is no cluster.json in ${directory}.` });
  return file;
}
