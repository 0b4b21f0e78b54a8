import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { CLUSTER_PARAM_OPTION, ClusterHeaders, ClusterParams } from './cluster-input.ts';

export const deleteCluster = defineOperation({
  name: 'clusters.delete',
  api: 'containers',
  http: { method: 'DELETE', path: '/v1/clusters/:idOrName', success: 204 },
  action: 'containers-kubernetes.cluster.create',
  auditAs: 'containers-kubernetes.cluster.delete',
  mutates: true,
  input: {
    headers: ClusterHeaders,
    params: ClusterParams,
    query: Type.Object({ deleteResources: Type.Optional(Type.Boolean()) }),
  },
  output: undefined,
  sensitive: [],
  errors: ['CLUSTER_NOT_FOUND', 'ACCOUNT_MISMATCH'],
  cli: { command: ['ks', 'cluster', 'rm'], options: CLUSTER_PARAM_OPTION },
  summary: 'Delete a cluster with everything in it',
});
