import Type from 'typebox';
import { INSTANCE_OPTION } from '../keys/cli-options.ts';
import { envelope, PageQuery } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { KeyRing, KeyRingHeaders } from './key-ring.ts';

export const listKeyRings = defineOperation({
  name: 'key-rings.list',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/key_rings', success: 200 },
  action: 'kms.keyrings.list',
  auditAs: 'kms.key-rings.list',
  mutates: false,
  input: {
    headers: KeyRingHeaders,
    query: Type.Object({ ...PageQuery, totalCount: Type.Optional(Type.Boolean()) }),
  },
  output: envelope(KeyRing),
  sensitive: [],
  errors: ['INVALID_QUERY'],
  cli: { command: ['kp', 'key-rings'], options: INSTANCE_OPTION },
  summary: 'List the key rings of an instance, the default one first',
});
