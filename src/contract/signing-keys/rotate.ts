import Type from 'typebox';
import { defineOperation } from '../operation.ts';

export const rotateSigningKey = defineOperation({
  name: 'signing-keys.rotate',
  api: 'iam',
  http: { method: 'POST', path: '/v1/signing-keys/rotate', success: 200 },
  action: 'server.signing-key.rotate',
  auditAs: 'rootward.signing-key.rotate',
  mutates: true,
  input: {},
  output: Type.Object({
    kid: Type.String({ description: 'The key that signs access tokens from now on; it was published before' }),
    retired_kids: Type.Array(Type.String(), { description: 'Keys that only verify what they have signed, until that expires' }),
    next_kid: Type.String({ description: 'The key that signs after the next rotation' }),
  }),
  sensitive: [],
  errors: ['ACTION_DENIED', 'SIGNING_KEY_ROTATED'],
  cli: { command: ['iam', 'signing-key', 'rotate'] },
  summary: 'Sign access tokens with the next key from now on; tokens that are in use stay good',
});
