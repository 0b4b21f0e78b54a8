import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { envelope, InstanceHeaders, Key, PageQuery } from './key.ts';

/** Which keys are meant, for the list and for its head. */
export const KeyFilterQuery = {
  state: Type.Optional(Type.String({ pattern: '^[01235](,[01235])*$' })),
  extractable: Type.Optional(Type.Boolean()),
} as const;

/**
 * Parameters of Key Protect's list that would choose or order keys and do not exist here yet. They are refused: a program that
 * cleans up what it believes it searched for would otherwise get every key.
 */
export const KEY_QUERIES_NOT_SUPPORTED = ['search', 'filter', 'sort'] as const;

export const listKeys = defineOperation({
  name: 'keys.list',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/keys', success: 200 },
  action: 'kms.secrets.list',
  mutates: false,
  input: {
    headers: InstanceHeaders,
    query: Type.Object({ ...PageQuery, ...KeyFilterQuery }),
  },
  output: envelope(Key),
  sensitive: [],
  errors: ['INVALID_QUERY'],
  cli: {
    command: ['kp', 'keys'],
    options: {
      '-i, --instance-id <id>': { into: 'headers.bluemix-instance', help: 'GUID of the KMS instance (KP_INSTANCE_ID)' },
      '-n, --number-of-keys <n>': { into: 'query.limit', help: 'keys per page' },
      '-s, --starting-offset <n>': { into: 'query.offset', help: 'first key of the page' },
      '--key-states <states>': { into: 'query.state', help: 'comma list of 0,1,2,3,5' },
    },
  },
  summary: 'List the keys of an instance',
});
