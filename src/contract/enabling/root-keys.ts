import Type from 'typebox';
import { ClusterHeaders } from '../clusters/cluster-input.ts';
import { defineOperation } from '../operation.ts';

export const listRootKeys = defineOperation({
  name: 'enabling.root-keys',
  api: 'containers',
  http: { method: 'GET', path: '/v2/getCRKs', success: 200 },
  action: 'containers-kubernetes.cluster.read',
  auditAs: 'containers-kubernetes.account-customer-root-key.list',
  mutates: false,
  input: {
    headers: ClusterHeaders,
    query: Type.Object({ kms_instance: Type.String({ minLength: 1, maxLength: 64 }) }),
  },
  output: Type.Array(Type.Object({ crk_id: Type.String(), name: Type.String() })),
  sensitive: [],
  errors: ['KMS_INSTANCE_UNKNOWN', 'ACTION_DENIED', 'ACCOUNT_MISMATCH', 'INVALID_QUERY'],
  cli: {
    command: ['ks', 'kms', 'crk', 'ls'],
    options: { '--instance-id <id>': { into: 'query.kms_instance', help: 'GUID of the KMS instance' } },
  },
  summary: 'List the root keys of a KMS instance that can protect a cluster',
});
