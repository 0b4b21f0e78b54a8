import { X509Certificate } from 'node:crypto';
import { SERVICE_ADDRESS } from '../service-network.ts';
import type { PkiBundle } from './bundle.ts';
import { createAuthority, generateKeys, issue, loadAuthority, privateKeyPem, publicKeyPem } from './certificate.ts';

/** Leaves are issued again at a start of the server when less than this is left of any of them. */
const RENEWAL_WINDOW_MS = 365 * 86_400_000;

type Authorities = Pick<PkiBundle, 'version' | 'clusterAuthority' | 'etcdAuthority' | 'serviceAccount'>;

/** The keys of a new hosted cluster: two authorities, the service-account key pair and a certificate for every party. */
export async function createPki(now: Date = new Date()): Promise<PkiBundle> {
  const [clusterAuthority, etcdAuthority, keys] = await Promise.all([
    createAuthority('rootward-cluster-ca', now),
    createAuthority('rootward-etcd-ca', now),
    generateKeys(),
  ]);
  const serviceAccount = { publicKey: await publicKeyPem(keys.publicKey), privateKey: await privateKeyPem(keys.privateKey) };
  return issueLeaves({ version: 1, clusterAuthority, etcdAuthority, serviceAccount }, now);
}

/** The same bundle while every leaf is good for another year; else one with new leaves, which the caller keeps instead. */
export async function renewPki(bundle: PkiBundle, now: Date = new Date()): Promise<PkiBundle> {
  const leaves = [bundle.apiserver, bundle.admin, bundle.agent, bundle.etcdServer, bundle.etcdPeer, bundle.etcdClient];
  const soonest = Math.min(...leaves.map((leaf) => new X509Certificate(leaf.certificate).validToDate.getTime()));
  if (soonest - now.getTime() > RENEWAL_WINDOW_MS) return bundle;
  const { version, clusterAuthority, etcdAuthority, serviceAccount } = bundle;
  return issueLeaves({ version, clusterAuthority, etcdAuthority, serviceAccount }, now);
}

async function issueLeaves(authorities: Authorities, now: Date): Promise<PkiBundle> {
  const cluster = await loadAuthority(authorities.clusterAuthority);
  const etcd = await loadAuthority(authorities.etcdAuthority);
  const local = { dnsNames: ['localhost'], addresses: ['127.0.0.1'] };
  const services = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];
  const [apiserver, admin, agent, etcdServer, etcdPeer, etcdClient] = await Promise.all([
    issue(
      cluster,
      {
        commonName: 'kube-apiserver',
        usages: ['server'],
        dnsNames: ['localhost', ...services],
        addresses: ['127.0.0.1', SERVICE_ADDRESS],
      },
      now,
    ),
    issue(cluster, { commonName: 'kubernetes-admin', organization: 'system:masters', usages: ['client'] }, now),
    // The agent reads and rewrites every object of the encrypted resources, whatever RBAC the users of the cluster write.
    issue(cluster, { commonName: 'rootward:cluster-agent', organization: 'system:masters', usages: ['client'] }, now),
    // etcd's own gateway dials the server with the server certificate, so it has to be a client certificate too.
    issue(etcd, { commonName: 'etcd-server', usages: ['server', 'client'], ...local }, now),
    issue(etcd, { commonName: 'etcd-peer', usages: ['server', 'client'], ...local }, now),
    issue(etcd, { commonName: 'etcd-client', usages: ['client'] }, now),
  ]);
  return { ...authorities, apiserver, admin, agent, etcdServer, etcdPeer, etcdClient };
}
