/** The clients that one step needs, closed when the step ends. */
import type { ClusterAccess } from '../cluster-access.ts';
import { EtcdClient } from '../etcd/etcd-client.ts';
import { KubeClient } from './kube-client.ts';

export interface OpenClients extends AsyncDisposable {
  readonly etcd: EtcdClient;
  /** By index of the apiserver. */
  readonly kube: ReadonlyMap<number, KubeClient>;
}

/** One client per apiserver and one for etcd. Opening connects nothing yet. */
export async function openClients(access: ClusterAccess): Promise<OpenClients> {
  const urls = access.etcdMembers().map((member) => member.url);
  const etcd = await EtcdClient.open({ urls, tls: access.etcdTls() });
  const kube = new Map<number, KubeClient>();
  for (const { index, url } of access.apiservers()) kube.set(index, await KubeClient.open(url, access.kubeTls()));
  return {
    etcd,
    kube,
    async [Symbol.asyncDispose]() {
      etcd.close();
      await Promise.all([...kube.values()].map((client) => client.close()));
    },
  };
}
