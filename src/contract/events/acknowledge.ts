import Type from 'typebox';
import { INSTANT, InstanceHeaders, requestEnvelope } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';

const Acknowledgement = Type.Object({
  eventId: Type.String(),
  adopterKeyState: Type.Union([Type.Literal('DEK_ENABLED'), Type.Literal('DEK_DISABLED'), Type.Literal('DEK_DESTROYED')]),
  timestamp: Type.Optional(Type.String({ pattern: INSTANT })),
  keyStateData: Type.Optional(Type.Object({ rewrappedKeyVersion: Type.Optional(Type.String()) })),
  deleteRegistration: Type.Optional(Type.Boolean()),
});

export const acknowledgeEvent = defineOperation({
  name: 'events.acknowledge',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/event_ack', success: 204 },
  action: 'kms.secrets.eventack',
  auditAs: 'kms.secrets-event.ack',
  mutates: true,
  input: { headers: InstanceHeaders, body: requestEnvelope(Acknowledgement) },
  output: undefined,
  sensitive: [],
  errors: ['SERVICE_ONLY', 'KEY_STATE', 'INVALID_FIELD'],
  summary: 'Report what a service did about a lifecycle event (services only)',
});
