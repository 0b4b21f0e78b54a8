import { INSTANCE_OPTION } from '../keys/cli-options.ts';
import { defineOperation } from '../operation.ts';
import { KeyRingHeaders, KeyRingParams } from './key-ring.ts';

export const createKeyRing = defineOperation({
  name: 'key-rings.create',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/key_rings/:id', success: 201 },
  action: 'kms.keyrings.create',
  auditAs: 'kms.key-rings.create',
  mutates: true,
  input: { headers: KeyRingHeaders, params: KeyRingParams },
  // Published clients take any body for an error.
  output: undefined,
  sensitive: [],
  errors: ['INVALID_FIELD', 'KEY_RING_EXISTS', 'KEY_RING_QUOTA'],
  cli: { command: ['kp', 'key-ring', 'create'], arguments: ['params.id'], options: INSTANCE_OPTION },
  summary: 'Create a key ring',
});
