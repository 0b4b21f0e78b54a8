import Type from 'typebox';
import { InstanceHeaders } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { KeyListQuery } from './list.ts';

export const countKeys = defineOperation({
  name: 'keys.count',
  api: 'key-protect',
  http: { method: 'HEAD', path: '/api/v2/keys', success: 200 },
  action: 'kms.secrets.head',
  mutates: false,
  input: { headers: InstanceHeaders, query: Type.Object(KeyListQuery) },
  output: undefined,
  sensitive: [],
  errors: ['INVALID_QUERY', 'KEY_SEARCH_TOO_BROAD', 'KEY_RING_NOT_FOUND'],
  summary: 'Count the keys of an instance: the header Key-Total says how many',
});
