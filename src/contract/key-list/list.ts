import Type from 'typebox';
import { KEY_OPTIONS } from '../keys/cli-options.ts';
import { InstanceHeaders, Key, PageQuery } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';

/** Which keys are meant, for the list and for its head. The grammar of the texts is that of server/kms/key-list. */
export const KeyListQuery = {
  state: Type.Optional(Type.String({ pattern: '^[01235](,[01235])*$' })),
  extractable: Type.Optional(Type.Boolean()),
  search: Type.Optional(Type.String({ maxLength: 512 })),
  sort: Type.Optional(Type.String({ maxLength: 512 })),
  filter: Type.Optional(Type.String({ maxLength: 2048 })),
} as const;

/** A page of keys, with the search as it was understood where there was one. */
export const KeyPage = Type.Object({
  metadata: Type.Object({
    collectionType: Type.String(),
    collectionTotal: Type.Integer(),
    searchQuery: Type.Optional(
      Type.Object({
        query: Type.String(),
        scopes: Type.Array(Type.String()),
        not: Type.Optional(Type.Boolean()),
        exact: Type.Optional(Type.Boolean()),
      }),
    ),
    /** True where not every key was searched; this server refuses such a search instead. */
    incompleteSearch: Type.Optional(Type.Boolean()),
  }),
  resources: Type.Array(Key),
});

export const listKeys = defineOperation({
  name: 'keys.list',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/keys', success: 200 },
  action: 'kms.secrets.list',
  mutates: false,
  input: { headers: InstanceHeaders, query: Type.Object({ ...PageQuery, ...KeyListQuery }) },
  output: KeyPage,
  sensitive: [],
  errors: ['INVALID_QUERY', 'KEY_SEARCH_TOO_BROAD', 'KEY_RING_NOT_FOUND'],
  cli: {
    command: ['kp', 'keys'],
    options: {
      ...KEY_OPTIONS,
      '-n, --number-of-keys <n>': { into: 'query.limit', help: 'keys per page' },
      '-s, --starting-offset <n>': { into: 'query.offset', help: 'first key of the page' },
      '-b, --sort-by <properties>': { into: 'query.sort', help: 'comma list such as state,-creationDate; - is descending' },
      '-f, --key-filter <terms>': { into: 'query.filter', help: 'such as "state=1 lastRotateDate=none"' },
      '-l, --key-search <text>': { into: 'query.search', help: 'part of a name or alias; exact:, not:, name:, alias: before it' },
      '--key-states <states>': { into: 'query.state', help: 'comma list of 0,1,2,3,5' },
    },
  },
  summary: 'List the keys of an instance',
});
