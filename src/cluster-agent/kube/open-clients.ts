/** The clients that one step needs, closed when the step ends. */
import { RootwardError } from '../../contract/errors.ts';
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
  const etcd = await EtcdClient.open({ urls: () => access.etcdMembers().map(({ url }) => url), tls: access.etcdTls() });
  const kube = new Map<number, KubeClient>();
  for (const { index } of access.apiservers()) kube.set(index, await openKubeClient(access, index));
  return {
    etcd,
    kube,
    async [Symbol.asyncDispose]() {
      etcd.close();
      await Promise.all([...kube.values()].map((client) => client.close()));
    },
  };
}

/** A client of the apiserver with this index, wherever it listens at the moment of a request. */
export function openKubeClient(access: ClusterAccess, index: number): Promise<KubeClient> {
  const url = () => {
    const instance = access.apiservers().find((one) => one.index === index);
    if (instance === undefined)
      throw new RootwardError('APISERVER_UNREACHABLE', { message: `There is no kube-apiserver ${index}.` });
    return instance.url;
  };
  return KubeClient.open(url, access.kubeTls());
}
