import { envelope, InstanceHeaders } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { Registration, RegistrationInput, RegistrationParams } from './registration.ts';

export const replaceRegistration = defineOperation({
  name: 'registrations.replace',
  api: 'key-protect',
  http: { method: 'PUT', path: '/api/v2/keys/:id/registrations/:crn', success: 200 },
  action: 'kms.registrations.write',
  mutates: true,
  input: { headers: InstanceHeaders, params: RegistrationParams, body: RegistrationInput },
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
  summary: 'Replace a registration by a whole new one (services only)',
});
