import type { Config } from '../config.ts';

/** Where kube-apiserver and etcd may come from, as the control planes want to be told. */
export function binarySettings({ clusters }: Config) {
  return {
    paths: {
      ...(clusters.kubeApiserver !== undefined && { 'kube-apiserver': clusters.kubeApiserver }),
      ...(clusters.etcd !== undefined && { etcd: clusters.etcd }),
    },
    download: {
      enabled: clusters.download,
      ...(clusters.kubernetesReleaseUrl !== undefined && { kubernetesUrl: clusters.kubernetesReleaseUrl }),
      ...(clusters.etcdReleaseUrl !== undefined && { etcdUrl: clusters.etcdReleaseUrl }),
    },
    build: { enabled: clusters.build },
  };
}
