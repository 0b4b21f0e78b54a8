import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { Reclamation } from './reclamation.ts';

const Filter = Type.Optional(Type.String({ maxLength: 64 }));

export const listReclamations = defineOperation({
  name: 'reclamations.list',
  api: 'resource-controller',
  http: { method: 'GET', path: '/v1/reclamations', success: 200 },
  action: 'resource-controller.reclamation.list',
  mutates: false,
  input: { query: Type.Object({ account_id: Filter, resource_instance_id: Filter, resource_group_id: Filter }) },
  output: Type.Object({ resources: Type.Array(Reclamation) }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY'],
  cli: {
    command: ['resource', 'reclamations'],
    options: {
      '--resource-instance-id <guid>': { into: 'query.resource_instance_id', help: 'only of this instance' },
      '-g, --resource-group <group>': { into: 'query.resource_group_id', help: 'only in this resource group, by name or id' },
    },
  },
  summary: 'List the deleted instances that can still be restored',
});
