import { envelope, InstanceHeaders } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { Registration, RegistrationChange, RegistrationParams } from './registration.ts';

export const updateRegistration = defineOperation({
  name: 'registrations.update',
  api: 'key-protect',
  http: { method: 'PATCH', path: '/api/v2/keys/:id/registrations/:crn', success: 200 },
  action: 'kms.registrations.merge',
  mutates: true,
  input: { headers: InstanceHeaders, params: RegistrationParams, body: RegistrationChange },
  output: envelope(Registration),
  sensitive: [],
  errors: [
    'KEY_NOT_FOUND',
    'REGISTRATION_NOT_FOUND',
    'SERVICE_ONLY',
    'RESOURCE_OWNER',
    'REGISTRATION_ROOT_REQUIRED',
    'REGISTRATION_KEY_STATE',
    'REGISTRATION_KEY_VERSION',
  ],
  summary: 'Change a registration, for example to a newer key version (services only)',
});
