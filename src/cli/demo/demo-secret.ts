import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import type { Client } from '../../client/client.ts';
import { getAdminKubeconfig } from '../../contract/clusters/kubeconfig.ts';

const NAMESPACE = 'rootward-demo';
const NAME = 'database';
const TIMEOUT_MS = 5000;

/** Where kube-apiserver keeps it in etcd. */
export const SECRET_KEY = `/registry/secrets/${NAMESPACE}/${NAME}`;

/** One Secret in one cluster, reached as any user reaches it: by the kubeconfig and the Kubernetes API. */
export interface DemoSecret {
  write(password: string): Promise<void>;
  /** Rejects where the apiserver does not answer within seconds. */
  read(): Promise<string>;
}

export async function openDemoSecret(client: Client, cluster: string): Promise<DemoSecret> {
  const { kubeconfig } = await client.call(getAdminKubeconfig, { params: { idOrName: cluster } });
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  return {
    async write(password) {
      await within(core.createNamespace({ body: { metadata: { name: NAMESPACE } } }));
      const stringData = { password };
      await within(core.createNamespacedSecret({ namespace: NAMESPACE, body: { metadata: { name: NAME }, stringData } }));
    },
    async read() {
      const secret = await within(core.readNamespacedSecret({ namespace: NAMESPACE, name: NAME }));
      return Buffer.from(secret.data?.password ?? '', 'base64').toString('utf8');
    },
  };
}

/** A stopped apiserver refuses at once, but a stopped machine only stays silent. */
async function within<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the kube-apiserver did not answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
