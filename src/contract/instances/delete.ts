import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { InstanceParams } from './instance.ts';

export const deleteInstance = defineOperation({
  name: 'instances.delete',
  api: 'resource-controller',
  http: { method: 'DELETE', path: '/v2/resource_instances/:id', success: 204 },
  action: 'resource-controller.instance.delete',
  auditAs: 'kms.instance.delete',
  mutates: true,
  input: { params: InstanceParams, query: Type.Object({ recursive: Type.Optional(Type.Boolean()) }) },
  output: undefined,
  sensitive: [],
  errors: [
    'RESOURCE_NOT_FOUND',
    'RESOURCE_GONE',
    'INSTANCE_HAS_KEYS',
    'INSTANCE_ACTIVE_CLUSTERS',
    'INSTANCE_LOCKED',
    'ACTION_DENIED',
  ],
  cli: {
    command: ['resource', 'service-instance-delete'],
    arguments: ['params.id'],
    options: { '--recursive': { into: 'query.recursive', help: 'also delete what is attached to it; nothing ever is' } },
  },
  summary: 'Delete an instance that holds no keys any more; until it is reclaimed it can be restored',
});
