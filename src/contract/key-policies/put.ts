import { envelope, InstanceHeaders, KeyParams, requestEnvelope } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { KeyPolicy, KeyPolicyInput, KeyPolicyQuery } from './key-policy.ts';

export const putKeyPolicies = defineOperation({
  name: 'key-policies.put',
  api: 'key-protect',
  http: { method: 'PUT', path: '/api/v2/keys/:id/policies', success: 200 },
  action: 'kms.policies.write',
  mutates: true,
  input: { headers: InstanceHeaders, params: KeyParams, query: KeyPolicyQuery, body: requestEnvelope(KeyPolicyInput) },
  output: envelope(KeyPolicy),
  sensitive: [],
  errors: [
    'KEY_NOT_FOUND',
    'KEY_ROOT_REQUIRED',
    'KEY_DELETED',
    'KEY_DUAL_AUTH_KEPT',
    'COLLECTION_TOTAL_MISMATCH',
    'POLICY_QUERY_MISMATCH',
    'POLICY_RESOURCE_COUNT',
  ],
  summary: 'Set the rotation policy and the dual-authorization policy of a key',
});
