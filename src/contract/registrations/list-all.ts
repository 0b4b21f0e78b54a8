import { KEY_OPTIONS_SHORT } from '../keys/cli-options.ts';
import { envelope, InstanceHeaders } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { RegistrationQuery } from './list-query.ts';
import { Registration } from './registration.ts';

export const listAllRegistrations = defineOperation({
  name: 'registrations.list-all',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/keys/registrations', success: 200 },
  action: 'kms.registrations.list',
  mutates: false,
  input: {
    headers: InstanceHeaders,
    query: RegistrationQuery,
  },
  output: envelope(Registration),
  sensitive: [],
  errors: ['INVALID_QUERY', 'KEY_RING_NOT_FOUND'],
  cli: {
    command: ['kp', 'registrations'],
    options: {
      ...KEY_OPTIONS_SHORT,
      '-c, --crn-query <crn>': { into: 'query.urlEncodedResourceCRNQuery', help: 'CRN of ten segments, of which some may be *' },
    },
  },
  summary: 'List what the keys of an instance protect',
});
