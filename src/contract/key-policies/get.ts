import { envelope, InstanceHeaders, KeyParams } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { KeyPolicy, KeyPolicyQuery } from './key-policy.ts';

export const getKeyPolicies = defineOperation({
  name: 'key-policies.get',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/keys/:id/policies', success: 200 },
  action: 'kms.policies.read',
  mutates: false,
  input: { headers: InstanceHeaders, params: KeyParams, query: KeyPolicyQuery },
  output: envelope(KeyPolicy),
  sensitive: [],
  errors: ['KEY_NOT_FOUND'],
  summary: 'Show the policies of a key',
});
