import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ClusterHeaders } from './cluster-input.ts';

const text = (maxLength = 128) => Type.Optional(Type.String({ maxLength }));

export const createClassicCluster = defineOperation({
  name: 'clusters.create',
  api: 'containers',
  http: { method: 'POST', path: '/v1/clusters', success: 201 },
  action: 'containers-kubernetes.cluster.create',
  mutates: true,
  input: {
    headers: ClusterHeaders,
    body: Type.Object({
      name: Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$' }),
      masterVersion: text(),
      dataCenter: text(),
      podSubnet: text(),
      serviceSubnet: text(),
      workerNum: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
    }),
  },
  output: Type.Object({ id: Type.String() }),
  sensitive: [],
  errors: ['CLUSTER_NAME_TAKEN', 'CONTROL_PLANE_UNAVAILABLE', 'ACCOUNT_MISMATCH', 'RESOURCE_NOT_FOUND', 'INVALID_FIELD'],
  cli: {
    command: ['ks', 'cluster', 'create', 'classic'],
    options: {
      '--name <name>': { into: 'body.name', help: 'name of the new cluster' },
      '-g, --resource-group-id <id>': {
        into: 'headers.x-auth-resource-group',
        help: 'id of the resource group (the default group)',
      },
      '--version <version>': { into: 'body.masterVersion', help: 'Kubernetes version of the control plane' },
    },
  },
  summary: 'Create a cluster with a control plane on this host',
});
