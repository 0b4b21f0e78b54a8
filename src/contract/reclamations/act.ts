import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { Reclamation } from './reclamation.ts';

const frame = {
  api: 'resource-controller',
  action: 'resource-controller.reclamation.update',
  mutates: true,
  input: {
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }),
    body: Type.Optional(
      Type.Object({
        request_by: Type.Optional(Type.String({ maxLength: 256 })),
        comment: Type.Optional(Type.String({ maxLength: 1024 })),
      }),
    ),
  },
  output: Reclamation,
  sensitive: [],
  errors: ['RECLAMATION_NOT_FOUND', 'RECLAMATION_ENDED', 'ACTION_DENIED'],
} as const;

export const restoreInstance = defineOperation({
  ...frame,
  name: 'reclamations.restore',
  http: { method: 'POST', path: '/v1/reclamations/:id/actions/restore', success: 200 },
  auditAs: 'kms.instance.restore',
  cli: { command: ['resource', 'reclamation-restore'], arguments: ['params.id'] },
  summary: 'Bring a deleted instance back, with everything in it',
});

export const reclaimInstance = defineOperation({
  ...frame,
  name: 'reclamations.reclaim',
  http: { method: 'POST', path: '/v1/reclamations/:id/actions/reclaim', success: 200 },
  auditAs: 'kms.instance.reclaim',
  cli: { command: ['resource', 'reclamation-delete'], arguments: ['params.id'] },
  summary: 'Remove a deleted instance for good, with every key that was in it',
});
