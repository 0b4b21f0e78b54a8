import { envelope, InstanceHeaders, KeyParams } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { RegistrationQuery } from './list-query.ts';
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
    query: RegistrationQuery,
  },
  output: envelope(Registration),
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'INVALID_QUERY'],
  summary: 'List what a key protects',
});
