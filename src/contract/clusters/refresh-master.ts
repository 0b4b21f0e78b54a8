import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { CLUSTER_OPTION, ClusterArgument, ClusterHeaders, ClusterParams } from './cluster-input.ts';

const common = {
  api: 'containers',
  action: 'containers-kubernetes.cluster.operate',
  auditAs: 'containers-kubernetes.cluster-master.refresh',
  mutates: true,
  output: undefined,
  sensitive: [],
  errors: ['CLUSTER_NOT_FOUND', 'CLUSTER_BUSY', 'CLUSTER_SUSPENDED', 'ACCOUNT_MISMATCH'],
} as const;

export const refreshMaster = defineOperation({
  ...common,
  name: 'clusters.refresh-master',
  http: { method: 'POST', path: '/v2/refreshMaster', success: 204 },
  input: { headers: ClusterHeaders, body: Type.Object({ cluster: ClusterArgument }) },
  cli: { command: ['ks', 'cluster', 'master', 'refresh'], options: CLUSTER_OPTION },
  summary: 'Restart the apiservers of a cluster',
});

export const refreshMasterV1 = defineOperation({
  ...common,
  name: 'clusters.refresh-master-v1',
  http: { method: 'PUT', path: '/v1/clusters/:idOrName/masters', success: 204 },
  input: { headers: ClusterHeaders, params: ClusterParams, body: Type.Object({ action: Type.Literal('refresh') }) },
  summary: 'Restart the apiservers of a cluster (address of version 1)',
});
