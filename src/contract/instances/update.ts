import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { INSTANCE_NAME_LENGTH, InstanceParameters, InstanceParams, ResourceInstance } from './instance.ts';

export const updateInstance = defineOperation({
  name: 'instances.update',
  api: 'resource-controller',
  http: { method: 'PATCH', path: '/v2/resource_instances/:id', success: 200 },
  action: 'resource-controller.instance.update',
  auditAs: 'kms.instance.update',
  mutates: true,
  input: {
    params: InstanceParams,
    body: Type.Object({
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 4 * INSTANCE_NAME_LENGTH })),
      /** Those that are named are replaced, the others stay. */
      parameters: Type.Optional(InstanceParameters),
      resource_plan_id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      allow_cleanup: Type.Optional(Type.Boolean()),
    }),
  },
  output: ResourceInstance,
  sensitive: [],
  errors: ['INVALID_FIELD', 'SERVICE_UNKNOWN', 'RESOURCE_NOT_FOUND', 'RESOURCE_GONE', 'INSTANCE_LOCKED', 'ACTION_DENIED'],
  cli: {
    command: ['resource', 'service-instance-update'],
    arguments: ['params.id'],
    options: {
      '-n, --name <name>': { into: 'body.name', help: 'new name' },
      '--service-plan-id <id>': { into: 'body.resource_plan_id', help: 'another plan of the same service' },
    },
  },
  summary: 'Change the name, plan or parameters of an instance',
});
