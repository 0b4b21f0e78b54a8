import Type from 'typebox';
import { INSTANCE_OPTION } from '../keys/cli-options.ts';
import { defineOperation } from '../operation.ts';
import { KeyRingHeaders, KeyRingParams } from './key-ring.ts';

export const deleteKeyRing = defineOperation({
  name: 'key-rings.delete',
  api: 'key-protect',
  http: { method: 'DELETE', path: '/api/v2/key_rings/:id', success: 204 },
  action: 'kms.keyrings.delete',
  auditAs: 'kms.key-rings.delete',
  mutates: true,
  input: { headers: KeyRingHeaders, params: KeyRingParams, query: Type.Object({ force: Type.Optional(Type.Boolean()) }) },
  output: undefined,
  sensitive: [],
  errors: ['INVALID_FIELD', 'KEY_RING_NOT_FOUND', 'KEY_RING_NOT_EMPTY'],
  cli: {
    command: ['kp', 'key-ring', 'delete'],
    arguments: ['params.id'],
    options: {
      ...INSTANCE_OPTION,
      '-f, --force': { into: 'query.force', help: 'move its deleted keys to the default key ring' },
    },
  },
  summary: 'Delete a key ring without keys; forced, also one that only holds deleted keys',
});
