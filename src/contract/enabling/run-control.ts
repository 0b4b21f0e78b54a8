import Type from 'typebox';
import { RunView } from '../clusters/cluster.ts';
import { CLUSTER_OPTION, ClusterArgument, ClusterHeaders } from '../clusters/cluster-input.ts';
import { defineOperation } from '../operation.ts';

export const controlRun = defineOperation({
  name: 'enabling.control',
  api: 'containers',
  http: { method: 'POST', path: '/v2/kms/run', success: 200 },
  action: 'containers-kubernetes.cluster.create',
  auditAs: 'containers-kubernetes.cluster-kms.update',
  mutates: true,
  input: {
    headers: ClusterHeaders,
    body: Type.Object({ cluster: ClusterArgument, action: Type.Enum(['pause', 'resume', 'abort']) }),
  },
  output: RunView,
  sensitive: [],
  errors: ['CLUSTER_NOT_FOUND', 'STEP_ORDER', 'ACCOUNT_MISMATCH'],
  cli: { command: ['ks', 'kms', 'run'], arguments: ['body.action'], options: CLUSTER_OPTION },
  summary: 'Pause, resume or abort what is being done to the key management of a cluster',
});
