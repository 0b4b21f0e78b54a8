import Type from 'typebox';
import { defineOperation } from '../operation.ts';

export const listTags = defineOperation({
  name: 'search.tags',
  api: 'resource-controller',
  http: { method: 'GET', path: '/v3/tags', success: 200 },
  action: 'resource-controller.instance.retrieve',
  auditAs: 'resource-controller.tag.list',
  mutates: false,
  input: {
    query: Type.Object({
      /** CRN of an instance; absent: tags of nothing. */
      attached_to: Type.Optional(Type.String({ maxLength: 512 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    }),
  },
  output: Type.Object({
    total_count: Type.Integer(),
    offset: Type.Integer(),
    limit: Type.Integer(),
    items: Type.Array(Type.Object({ name: Type.String() })),
  }),
  sensitive: [],
  errors: ['INVALID_QUERY'],
  summary: 'List the tags of an instance',
});
