import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { Cluster } from './cluster.ts';
import { ClusterHeaders } from './cluster-input.ts';

export const listClusters = defineOperation({
  name: 'clusters.list',
  api: 'containers',
  http: {
    method: 'GET',
    path: '/v1/clusters',
    aliases: ['/v2/getClusters', '/v2/classic/getClusters', '/v2/vpc/getClusters', '/v2/satellite/getClusters'],
    success: 200,
  },
  action: 'containers-kubernetes.cluster.read',
  auditAs: 'containers-kubernetes.cluster.list',
  mutates: false,
  input: { headers: ClusterHeaders, query: Type.Object({ provider: Type.Optional(Type.String({ maxLength: 32 })) }) },
  output: Type.Array(Cluster),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH'],
  cli: {
    command: ['ks', 'cluster', 'ls'],
    options: { '--provider <provider>': { into: 'query.provider', help: 'classic, vpc-gen2 or satellite' } },
  },
  summary: 'List clusters',
});
