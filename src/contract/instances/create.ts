import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { INSTANCE_NAME_LENGTH, InstanceParameters, ResourceInstance } from './instance.ts';

const headers = Type.Object({ 'entity-lock': Type.Optional(Type.String({ maxLength: 8 })) });
const name = Type.String({ minLength: 1, maxLength: 4 * INSTANCE_NAME_LENGTH });
const id = Type.String({ minLength: 1, maxLength: 64 });
/** A region, or the catalog's CRN of the plan in a region. */
const target = Type.String({ minLength: 1, maxLength: 256 });
const tags = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 64 }));
const parameters = Type.Optional(InstanceParameters);

const frame = {
  api: 'resource-controller',
  action: 'resource-controller.instance.create',
  auditAs: 'kms.instance.create',
  mutates: true,
  output: ResourceInstance,
  sensitive: [],
  errors: ['INVALID_FIELD', 'SERVICE_UNKNOWN', 'ACTION_DENIED'],
} as const;

export const createInstance = defineOperation({
  ...frame,
  name: 'instances.create',
  http: { method: 'POST', path: '/v2/resource_instances', success: 201 },
  input: {
    headers,
    body: Type.Object({
      name,
      target,
      resource_group: id,
      resource_plan_id: id,
      tags,
      allow_cleanup: Type.Optional(Type.Boolean()),
      parameters,
    }),
  },
  summary: 'Create an instance of a KMS provider',
});

/** The older address, which names group and target differently. */
export const createInstanceV1 = defineOperation({
  ...frame,
  name: 'instances.create-v1',
  http: { method: 'POST', path: '/v1/resource_instances', success: 201 },
  input: {
    headers,
    body: Type.Object({ name, target_crn: target, resource_group_id: id, resource_plan_id: id, tags, parameters }),
  },
  summary: 'Create an instance of a KMS provider (older form)',
});
