import Type from 'typebox';
import { ClusterHeaders } from '../clusters/cluster-input.ts';
import { defineOperation } from '../operation.ts';
import { ApiKeyOwner } from './owner.ts';

export const resetApiKeyOwner = defineOperation({
  name: 'api-key-owners.reset',
  api: 'containers',
  http: { method: 'POST', path: '/v1/keys', success: 201 },
  action: 'containers-kubernetes.cluster.create',
  auditAs: 'containers-kubernetes.account-api-key.reset',
  mutates: true,
  input: {
    headers: Type.Object({
      ...ClusterHeaders.properties,
      'x-region': Type.String({ maxLength: 32, pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' }),
    }),
  },
  output: ApiKeyOwner,
  sensitive: [],
  errors: ['RESOURCE_NOT_FOUND', 'ACTION_DENIED', 'ACCOUNT_MISMATCH'],
  cli: {
    command: ['ks', 'api-key', 'reset'],
    options: {
      '--region <region>': { into: 'headers.x-region', help: 'region of the clusters' },
      '-g, --resource-group-id <id>': {
        into: 'headers.x-auth-resource-group',
        help: 'id of the resource group of the clusters (the default group)',
      },
    },
  },
  summary: 'Let the clusters of a region and resource group act with your rights from now on',
});
