import Type from 'typebox';
import { KEY_OPTIONS_SHORT } from '../keys/cli-options.ts';
import { envelope, InstanceHeaders, PageQuery } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { Registration } from './registration.ts';

export const listAllRegistrations = defineOperation({
  name: 'registrations.list-all',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/keys/registrations', success: 200 },
  action: 'kms.registrations.list',
  mutates: false,
  input: {
    headers: InstanceHeaders,
    query: Type.Object({
      ...PageQuery,
      urlEncodedResourceCRNQuery: Type.Optional(Type.String({ maxLength: 512 })),
      preventKeyDeletion: Type.Optional(Type.Boolean()),
      totalCount: Type.Optional(Type.Boolean()),
    }),
  },
  output: envelope(Registration),
  sensitive: [],
  errors: ['INVALID_QUERY', 'KEY_RING_NOT_FOUND'],
  cli: {
    command: ['kp', 'registrations'],
    options: {
      ...KEY_OPTIONS_SHORT,
      '-c, --crn-query <crn>': { into: 'query.urlEncodedResourceCRNQuery', help: 'CRN, with * for any segment' },
    },
  },
  summary: 'List what the keys of an instance protect',
});
