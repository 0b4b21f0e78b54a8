import Type from 'typebox';
import { ClusterArgument, ClusterHeaders } from '../clusters/cluster-input.ts';
import { defineOperation } from '../operation.ts';
import { ApiKeyOwner } from './owner.ts';

export const getApiKeyOwner = defineOperation({
  name: 'api-key-owners.get',
  api: 'containers',
  http: { method: 'GET', path: '/v1/logging/:cluster/clusterkeyowner', success: 200 },
  action: 'containers-kubernetes.cluster.read',
  auditAs: 'containers-kubernetes.cluster-apikey-owner.get',
  mutates: false,
  input: { headers: ClusterHeaders, params: Type.Object({ cluster: ClusterArgument }) },
  output: ApiKeyOwner,
  sensitive: [],
  errors: ['CLUSTER_NOT_FOUND', 'API_KEY_OWNER_NONE', 'ACCOUNT_MISMATCH'],
  cli: {
    command: ['ks', 'api-key', 'info'],
    options: { '-c, --cluster <cluster>': { into: 'params.cluster', help: 'name or id of the cluster' } },
  },
  summary: 'Show whose rights a cluster uses: the owner of the API key of its region and resource group',
});
