import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ResourceInstance } from './instance.ts';

export const createInstance = defineOperation({
  name: 'instances.create',
  api: 'resource-controller',
  http: { method: 'POST', path: '/v2/resource_instances', success: 201 },
  action: 'resource-controller.instance.create',
  auditAs: 'kms.instance.create',
  mutates: true,
  input: {
    headers: Type.Object({ 'entity-lock': Type.Optional(Type.String()) }),
    body: Type.Object({
      name: Type.String({ minLength: 1, maxLength: 180 }),
      /** A region, or the catalog's CRN of the plan in a region. */
      target: Type.String({ minLength: 1, maxLength: 256 }),
      resource_group: Type.String({ minLength: 1, maxLength: 64 }),
      resource_plan_id: Type.String({ minLength: 1, maxLength: 64 }),
      tags: Type.Optional(Type.Array(Type.String({ maxLength: 128 }), { maxItems: 64 })),
      allow_cleanup: Type.Optional(Type.Boolean()),
      parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
  },
  output: ResourceInstance,
  sensitive: [],
  errors: ['INVALID_FIELD', 'SERVICE_UNKNOWN', 'NOT_SUPPORTED', 'ACTION_DENIED'],
  summary: 'Create an instance of a KMS provider',
});
