import Type from 'typebox';
import { IfMatchHeaders } from '../identity-changes.ts';
import { defineOperation } from '../operation.ts';
import { ServiceId, ServiceIdFields, ServiceIdParams } from './service-id.ts';

export const updateServiceId = defineOperation({
  name: 'service-ids.update',
  api: 'iam',
  http: { method: 'PUT', path: '/v1/serviceids/:id', success: 200 },
  action: 'iam-identity.serviceid.update',
  mutates: true,
  input: {
    params: ServiceIdParams,
    headers: IfMatchHeaders,
    body: Type.Object({ ...ServiceIdFields, name: Type.Optional(ServiceIdFields.name) }),
  },
  output: ServiceId,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ACTION_DENIED', 'INVALID_FIELD', 'ENTITY_TAG', 'ENTITY_LOCKED'],
  cli: {
    command: ['iam', 'service-id-update'],
    arguments: ['params.id'],
    options: {
      '-n, --name <name>': { into: 'body.name', help: 'new name' },
      '-d, --description <text>': { into: 'body.description', help: 'new description; empty takes it away' },
    },
  },
  summary: 'Change the name, description or instances of a service ID',
});
