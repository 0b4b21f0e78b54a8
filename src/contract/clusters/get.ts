import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { Cluster } from './cluster.ts';
import { CLUSTER_QUERY_OPTION, ClusterArgument, ClusterHeaders } from './cluster-input.ts';

export const getCluster = defineOperation({
  name: 'clusters.get',
  api: 'containers',
  http: {
    method: 'GET',
    path: '/v2/getCluster',
    aliases: ['/v2/classic/getCluster', '/v2/vpc/getCluster', '/v2/satellite/getCluster', '/v1/clusters/:idOrName'],
    success: 200,
  },
  action: 'containers-kubernetes.cluster.read',
  auditAs: 'containers-kubernetes.cluster.get',
  mutates: false,
  input: {
    headers: ClusterHeaders,
    // By query in version 2, by path in version 1.
    params: Type.Object({ idOrName: Type.Optional(ClusterArgument) }),
    query: Type.Object({
      cluster: Type.Optional(ClusterArgument),
      'v1-compatible': Type.Optional(Type.String()),
      showResources: Type.Optional(Type.String()),
    }),
  },
  output: Cluster,
  sensitive: [],
  errors: ['CLUSTER_NOT_FOUND', 'ACCOUNT_MISMATCH', 'INVALID_QUERY'],
  cli: { command: ['ks', 'cluster', 'get'], options: CLUSTER_QUERY_OPTION },
  summary: 'Show a cluster, its root key and what is proven of its Secrets',
});
