import Type, { type Static } from 'typebox';
import { defineOperation } from '../operation.ts';

const Text = Type.String();
const Choice = Type.Optional(Type.Enum(['true', 'false', 'any']));

/** Something that was found. Which parts it has depends on `fields`; the CRN is always there. */
export const FoundItem = Type.Object({
  crn: Text,
  name: Type.Optional(Text),
  family: Type.Optional(Text),
  type: Type.Optional(Text),
  account_id: Type.Optional(Text),
  region: Type.Optional(Text),
  service_name: Type.Optional(Text),
  service_instance: Type.Optional(Text),
  resource_group_id: Type.Optional(Text),
  resource_id: Type.Optional(Text),
  tags: Type.Optional(Type.Array(Text)),
  creation_date: Type.Optional(Text),
  modification_date: Type.Optional(Text),
  /** The thing as its own API shows it. */
  doc: Type.Optional(Type.Record(Text, Type.Unknown())),
});
export type FoundItem = Static<typeof FoundItem>;

export const findResources = defineOperation({
  name: 'search.find',
  api: 'resource-controller',
  http: { method: 'POST', path: '/v3/resources/search', success: 200 },
  action: 'resource-controller.instance.retrieve',
  auditAs: 'resource-controller.resource.search',
  mutates: false,
  input: {
    query: Type.Object({
      account_id: Type.Optional(Type.String({ maxLength: 64 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      is_deleted: Choice,
      is_reclaimed: Choice,
      sort: Type.Optional(Type.String({ maxLength: 256 })),
    }),
    body: Type.Object({
      /** Such as `type:resource-instance AND doc.sub_type:kms`; absent: everything. */
      query: Type.Optional(Type.String({ maxLength: 4096 })),
      fields: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 64 })),
      /** From the answer before; the rest of the body is then that of the first question. */
      search_cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 65_536 })),
    }),
  },
  output: Type.Object({ search_cursor: Type.Optional(Text), limit: Type.Integer(), items: Type.Array(FoundItem) }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_FIELD', 'INVALID_QUERY', 'NOT_SUPPORTED', 'SEARCH_QUERY'],
  cli: {
    command: ['resource', 'search'],
    arguments: ['body.query'],
    options: { '--limit <number>': { into: 'query.limit', help: 'at most so many (10)' } },
  },
  summary: 'Search the resources that you may see',
});
