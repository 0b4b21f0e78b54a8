import { getAdminKubeconfig } from '../../../contract/clusters/kubeconfig.ts';
import { RootwardError } from '../../../contract/errors.ts';
import type { ClusterRow } from '../../../store/clusters/clusters.ts';
import { type Handler, handle } from '../../handler.ts';
import type { Principal } from '../../principal.ts';
import { clusterTarget } from '../cluster-identity.ts';
import type { ClusterDeps } from '../deps.ts';
import { openPki } from '../masters/cluster-secrets.ts';
import { resolveCluster } from '../resolve-cluster.ts';

/** The administrator's kubeconfig, for whoever manages the cluster's workloads or the cluster itself. */
export function getAdminKubeconfigHandler(deps: ClusterDeps): Handler {
  return handle(getAdminKubeconfig, {
    async resolve(call) {
      const found = await resolveCluster(deps.store, call, call.input.params.idOrName);
      if (found.missing || (await mayAdminister(deps, call.principal, found.record))) return found;
      return { target: found.target, missing: new RootwardError('ACTION_DENIED') };
    },
    async run(_call, cluster) {
      if (cluster.desired_state === 'suspended') {
        throw new RootwardError('CLUSTER_SUSPENDED', {
          message: `The control plane of this cluster is suspended. ${cluster.status_text}`.trim(),
        });
      }
      const apiserver = deps.controlPlane.status(cluster.id).apiservers[0];
      if (cluster.sealed_pki === null || apiserver === undefined) {
        throw new RootwardError('CLUSTER_BUSY', { message: 'The control plane of this cluster is not up yet.' });
      }
      const pki = openPki(deps.barrier, cluster, cluster.sealed_pki);
      return { output: { kubeconfig: deps.controlPlane.adminKubeconfig({ clusterName: cluster.name, apiserver, pki }) } };
    },
  });
}

async function mayAdminister(deps: ClusterDeps, principal: Principal, cluster: ClusterRow): Promise<boolean> {
  const target = clusterTarget(cluster);
  for (const action of ['containers-kubernetes.kube.manage', 'containers-kubernetes.cluster.create'] as const) {
    if ((await deps.decide(principal, action, target)).allowed) return true;
  }
  return false;
}
