import Type from 'typebox';
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
  errors: ['INVALID_QUERY'],
  cli: {
    command: ['kp', 'registrations'],
    options: {
      '-i, --instance-id <id>': { into: 'headers.bluemix-instance', help: 'GUID of the KMS instance (KP_INSTANCE_ID)' },
      '-c, --crn-query <crn>': { into: 'query.urlEncodedResourceCRNQuery', help: 'CRN, with * for any segment' },
    },
  },
  summary: 'List what the keys of an instance protect',
});
