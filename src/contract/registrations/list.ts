import Type from 'typebox';
import { envelope, InstanceHeaders, KeyParams, PageQuery } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { Registration } from './registration.ts';

export const listRegistrations = defineOperation({
  name: 'registrations.list',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/keys/:id/registrations', success: 200 },
  action: 'kms.registrations.list',
  mutates: false,
  input: {
    headers: InstanceHeaders,
    params: KeyParams,
    query: Type.Object({
      ...PageQuery,
      urlEncodedResourceCRNQuery: Type.Optional(Type.String({ maxLength: 512 })),
      preventKeyDeletion: Type.Optional(Type.Boolean()),
      totalCount: Type.Optional(Type.Boolean()),
    }),
  },
  output: envelope(Registration),
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'INVALID_QUERY'],
  summary: 'List what a key protects',
});
