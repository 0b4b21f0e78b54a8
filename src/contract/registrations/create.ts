import { envelope, InstanceHeaders } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { Registration, RegistrationInput, RegistrationParams } from './registration.ts';

export const createRegistration = defineOperation({
  name: 'registrations.create',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys/:id/registrations/:crn', success: 201 },
  action: 'kms.registrations.create',
  mutates: true,
  input: { headers: InstanceHeaders, params: RegistrationParams, body: RegistrationInput },
  output: envelope(Registration),
  sensitive: [],
  errors: [
    'KEY_NOT_FOUND',
    'SERVICE_ONLY',
    'RESOURCE_OWNER',
    'REGISTRATION_ROOT_REQUIRED',
    'REGISTRATION_KEY_STATE',
    'REGISTRATION_KEY_VERSION',
  ],
  summary: 'Record that a root key protects a resource (services only)',
});
