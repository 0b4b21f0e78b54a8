import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { CLUSTER_PARAM_OPTION, ClusterHeaders, ClusterParams } from './cluster-input.ts';

export const getAdminKubeconfig = defineOperation({
  name: 'clusters.kubeconfig',
  api: 'containers',
  http: { method: 'GET', path: '/v1/clusters/:idOrName/config/admin', success: 200 },
  // Reading the cluster is not enough: the handler asks for the service role Manager or the platform role Administrator.
  action: 'containers-kubernetes.cluster.read',
  auditAs: 'containers-kubernetes.cluster-config.get',
  mutates: false,
  input: { headers: ClusterHeaders, params: ClusterParams },
  /** The file as YAML text; it holds the administrator's private key. */
  output: Type.Object({ kubeconfig: Type.String() }),
  sensitive: ['output.kubeconfig'],
  errors: ['CLUSTER_NOT_FOUND', 'CLUSTER_SUSPENDED', 'CLUSTER_BUSY', 'ACTION_DENIED', 'ACCOUNT_MISMATCH'],
  cli: { command: ['ks', 'cluster', 'config'], options: CLUSTER_PARAM_OPTION },
  summary: "Get the administrator's kubeconfig of a cluster",
});
