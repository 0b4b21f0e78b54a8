import Type from 'typebox';
import { ClusterHeaders } from '../clusters/cluster-input.ts';
import { defineOperation } from '../operation.ts';

export const listKmsInstances = defineOperation({
  name: 'enabling.instances',
  api: 'containers',
  http: { method: 'GET', path: '/v2/getKMSInstances', success: 200 },
  action: 'containers-kubernetes.cluster.read',
  auditAs: 'containers-kubernetes.account-key-management-service-instance.list',
  mutates: false,
  input: { headers: ClusterHeaders },
  output: Type.Array(
    Type.Object({ instance_id: Type.String(), name: Type.String(), region: Type.String(), service: Type.String() }),
  ),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH'],
  cli: { command: ['ks', 'kms', 'instance', 'ls'] },
  summary: 'List the KMS instances that you may see',
});
