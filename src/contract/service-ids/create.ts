import Type from 'typebox';
import { ApiKeyFields } from '../api-keys/api-key.ts';
import { HeaderFlag } from '../identity-changes.ts';
import { defineOperation } from '../operation.ts';
import { ServiceId, ServiceIdFields } from './service-id.ts';

export const createServiceId = defineOperation({
  name: 'service-ids.create',
  api: 'iam',
  http: { method: 'POST', path: '/v1/serviceids/', success: 201 },
  action: 'iam-identity.serviceid.create',
  mutates: true,
  input: {
    headers: Type.Object({ 'entity-lock': HeaderFlag }),
    body: Type.Object({
      account_id: Type.Optional(Type.String({ maxLength: 64 })),
      ...ServiceIdFields,
      apikey: Type.Optional(Type.Object(ApiKeyFields)),
    }),
  },
  output: ServiceId,
  sensitive: ['body.apikey.apikey', 'output.apikey.apikey'],
  errors: ['INVALID_FIELD', 'ACCOUNT_MISMATCH', 'ACTION_DENIED', 'NOT_SUPPORTED'],
  cli: {
    command: ['iam', 'service-id-create'],
    arguments: ['body.name'],
    options: {
      '-d, --description <text>': { into: 'body.description', help: 'what the service ID is for' },
    },
  },
  summary: 'Create a service ID, an identity for a program',
});
