import { envelope, InstanceHeaders } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { Registration, RegistrationParams } from './registration.ts';

export const removeRegistration = defineOperation({
  name: 'registrations.remove',
  api: 'key-protect',
  http: { method: 'DELETE', path: '/api/v2/keys/:id/registrations/:crn', success: 204 },
  action: 'kms.registrations.delete',
  mutates: true,
  input: { headers: InstanceHeaders, params: RegistrationParams },
  output: envelope(Registration),
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'REGISTRATION_NOT_FOUND', 'SERVICE_ONLY', 'RESOURCE_OWNER'],
  summary: 'Remove a registration (services only)',
});
