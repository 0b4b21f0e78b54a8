import { join } from 'node:path';

/**
 * Where the files of one hosted cluster are. `directory` is DATA/clusters/<id>; `runtime` is its 0700 directory on tmpfs, which
 * cluster.json names.
 */
export interface ClusterPaths {
  readonly directory: string;
  readonly runtime: string;
  readonly shared: SharedPkiPaths;
  readonly secret: SecretPkiPaths;
}

/** In the data directory, `pki/`: two authority certificates and the etcd client pair. */
export interface SharedPkiPaths {
  readonly directory: string;
  readonly clusterAuthority: string;
  readonly etcdAuthority: string;
  readonly etcdClientCertificate: string;
  readonly etcdClientKey: string;
}

/** On tmpfs: what the running processes need and nothing else may read. */
export interface SecretPkiPaths {
  readonly directory: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  readonly apiserverCertificate: string;
  readonly apiserverKey: string;
  readonly etcdServerCertificate: string;
  readonly etcdServerKey: string;
  readonly etcdPeerCertificate: string;
  readonly etcdPeerKey: string;
  readonly agentCertificate: string;
  readonly agentKey: string;
}

export function clusterPaths(directory: string, runtime: string): ClusterPaths {
  return { directory, runtime, shared: sharedPkiPaths(join(directory, 'pki')), secret: secretPkiPaths(join(runtime, 'pki')) };
}

export function sharedPkiPaths(directory: string): SharedPkiPaths {
  return {
    directory,
    clusterAuthority: join(directory, 'ca.crt'),
    etcdAuthority: join(directory, 'etcd-ca.crt'),
    etcdClientCertificate: join(directory, 'etcd-client.crt'),
    etcdClientKey: join(directory, 'etcd-client.key'),
  };
}

export function secretPkiPaths(directory: string): SecretPkiPaths {
  return {
    directory,
    serviceAccountKey: join(directory, 'service-account.key'),
    serviceAccountPublicKey: join(directory, 'service-account.pub'),
    apiserverCertificate: join(directory, 'apiserver.crt'),
    apiserverKey: join(directory, 'apiserver.key'),
    etcdServerCertificate: join(directory, 'etcd-server.crt'),
    etcdServerKey: join(directory, 'etcd-server.key'),
    etcdPeerCertificate: join(directory, 'etcd-peer.crt'),
    etcdPeerKey: join(directory, 'etcd-peer.key'),
    agentCertificate: join(directory, 'agent.crt'),
    agentKey: join(directory, 'agent.key'),
  };
}

/** etcd's data; one directory per member. */
export function etcdDataDirectory(directory: string, index: number): string {
  return join(directory, index === 0 ? 'etcd' : `etcd-${index}`);
}

/** The EncryptionConfiguration of one apiserver. Each has its own, because each has a plugin of its own. */
export function encryptionConfigPath(directory: string, index = 0): string {
  return join(directory, 'encryption', index === 0 ? 'config.yaml' : `config-${index}.yaml`);
}

/** Where the plugin beside apiserver `index` listens. */
export function socketPathIn(runtime: string, index = 0): string {
  return join(runtime, `kms-${index}`, 'kms.sock');
}
