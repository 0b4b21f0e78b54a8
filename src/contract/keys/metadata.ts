import { defineOperation } from '../operation.ts';
import { KEY_OPTIONS } from './cli-options.ts';
import { envelope, InstanceHeaders, Key, KeyParams } from './key.ts';

export const readKeyMetadata = defineOperation({
  name: 'keys.metadata',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/keys/:id/metadata', success: 200 },
  action: 'kms.secrets.readmetadata',
  auditAs: 'kms.secrets-metadata.read',
  mutates: false,
  input: { headers: InstanceHeaders, params: KeyParams },
  output: envelope(Key),
  sensitive: [],
  errors: ['KEY_NOT_FOUND'],
  cli: {
    command: ['kp', 'key', 'show'],
    arguments: ['params.id'],
    options: KEY_OPTIONS,
  },
  summary: 'Read what is known of a key, without its key material',
});
