import type { ClusterPaths } from './cluster-paths.ts';
import { encryptionConfigPath } from './cluster-paths.ts';
import { SERVICE_RANGE } from './service-network.ts';

export interface ApiserverInstance {
  readonly paths: ClusterPaths;
  readonly index: number;
  readonly port: number;
  readonly etcdUrls: readonly string[];
}

/** Flags of one kube-apiserver: secure port on loopback only, nobody anonymous, encryption configuration from birth. */
export function apiserverArguments(instance: ApiserverInstance): string[] {
  const { secret, shared, directory } = instance.paths;
  return [
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--external-hostname=localhost',
    `--secure-port=${instance.port}`,
    `--tls-cert-file=${secret.apiserverCertificate}`,
    `--tls-private-key-file=${secret.apiserverKey}`,
    '--tls-min-version=VersionTLS12',
    `--client-ca-file=${shared.clusterAuthority}`,
    '--anonymous-auth=false',
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${secret.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${secret.serviceAccountKey}`,
    `--service-cluster-ip-range=${SERVICE_RANGE}`,
    // A loopback address may not be an endpoint of the Service `kubernetes`, and nobody in a cluster without nodes would use it.
    '--endpoint-reconciler-type=none',
    `--etcd-servers=${instance.etcdUrls.join(',')}`,
    `--etcd-cafile=${shared.etcdAuthority}`,
    `--etcd-certfile=${shared.etcdClientCertificate}`,
    `--etcd-keyfile=${shared.etcdClientKey}`,
    `--encryption-provider-config=${encryptionConfigPath(directory, instance.index)}`,
    // The agent applies a changed file by a restart, so that it knows from which moment on the file is in force.
    '--encryption-provider-config-automatic-reload=false',
    '--enable-priority-and-fairness=false',
    '--max-requests-inflight=200',
    '--max-mutating-requests-inflight=100',
    '--profiling=false',
  ];
}

/** The soft memory limit makes the collector work before the machine runs out; it is no hard bound. */
export function apiserverEnvironment(processors: number): Record<string, string> {
  return { GOMAXPROCS: String(Math.min(processors, 4)), GOMEMLIMIT: '768MiB' };
}
