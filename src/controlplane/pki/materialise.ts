import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { writeAtomically } from '../atomic-file.ts';
import { secretPkiPaths, sharedPkiPaths } from '../cluster-paths.ts';
import type { PkiBundle } from './bundle.ts';

export interface PkiDirectories {
  /** In the data directory: authority certificates and the etcd client pair. */
  readonly shared: string;
  /** A 0700 directory on tmpfs: keys that exist as files only while the cluster runs. */
  readonly secret: string;
}

/**
 * Writes what the processes of a cluster read. Files that are right already stay untouched, so it may run before every start.
 * kube-apiserver and etcd never need the keys of an authority or of the administrator, so those become no file at all.
 */
export function materialise(bundle: PkiBundle, directories: PkiDirectories): void {
  const shared = sharedPkiPaths(directories.shared);
  const secret = secretPkiPaths(directories.secret);
  mkdirSync(shared.directory, { recursive: true, mode: 0o700 });
  mkdirSync(secret.directory, { recursive: true, mode: 0o700 });
  const files: readonly (readonly [string, string])[] = [
    [shared.clusterAuthority, bundle.clusterAuthority.certificate],
    [shared.etcdAuthority, bundle.etcdAuthority.certificate],
    [shared.etcdClientCertificate, bundle.etcdClient.certificate],
    [shared.etcdClientKey, bundle.etcdClient.privateKey],
    [secret.serviceAccountKey, bundle.serviceAccount.privateKey],
    [secret.serviceAccountPublicKey, bundle.serviceAccount.publicKey],
    [secret.apiserverCertificate, bundle.apiserver.certificate],
    [secret.apiserverKey, bundle.apiserver.privateKey],
    [secret.etcdServerCertificate, bundle.etcdServer.certificate],
    [secret.etcdServerKey, bundle.etcdServer.privateKey],
    [secret.etcdPeerCertificate, bundle.etcdPeer.certificate],
    [secret.etcdPeerKey, bundle.etcdPeer.privateKey],
    [secret.agentCertificate, bundle.agent.certificate],
    [secret.agentKey, bundle.agent.privateKey],
  ];
  for (const [path, text] of files) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    writeAtomically(path, text, 0o600);
  }
}
