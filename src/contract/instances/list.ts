import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { INSTANCE_STATES, ResourceInstance } from './instance.ts';

const Filter = Type.Optional(Type.String({ maxLength: 256 }));

export const listInstances = defineOperation({
  name: 'instances.list',
  api: 'resource-controller',
  http: { method: 'GET', path: '/v2/resource_instances', success: 200 },
  action: 'resource-controller.instance.retrieve',
  auditAs: 'kms.instance.list',
  mutates: false,
  input: {
    query: Type.Object({
      guid: Filter,
      name: Filter,
      resource_group_id: Filter,
      resource_id: Filter,
      resource_plan_id: Filter,
      type: Filter,
      sub_type: Filter,
      /** Absent: `active`. */
      state: Type.Optional(Type.Enum([...INSTANCE_STATES])),
      /** A day or an instant; the day itself belongs to it. */
      updated_from: Type.Optional(Type.String({ maxLength: 40 })),
      updated_to: Type.Optional(Type.String({ maxLength: 40 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      start: Filter,
    }),
  },
  output: Type.Object({
    rows_count: Type.Integer(),
    next_url: Type.Union([Type.String(), Type.Null()]),
    resources: Type.Array(ResourceInstance),
  }),
  sensitive: [],
  errors: ['INVALID_QUERY'],
  cli: {
    command: ['resource', 'service-instances'],
    options: {
      '--service-name <service>': { into: 'query.sub_type', help: 'only of this service: kms or hs-crypto' },
      '--state <state>': { into: 'query.state', help: 'only in this state (active)' },
      '-g, --resource-group <group>': { into: 'query.resource_group_id', help: 'only in this resource group, by name or id' },
    },
  },
  summary: 'List the instances that you may see',
});
