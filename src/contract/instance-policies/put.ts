import { InstanceHeaders, requestEnvelope } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { InstancePolicyInput, InstancePolicyQuery } from './instance-policy.ts';

export const putInstancePolicies = defineOperation({
  name: 'instance-policies.put',
  api: 'key-protect',
  http: { method: 'PUT', path: '/api/v2/instance/policies', success: 204 },
  action: 'kms.instancepolicies.write',
  auditAs: 'kms.instance-policies.write',
  mutates: true,
  input: { headers: InstanceHeaders, query: InstancePolicyQuery, body: requestEnvelope(InstancePolicyInput) },
  output: undefined,
  sensitive: [],
  errors: ['COLLECTION_TOTAL_MISMATCH', 'POLICY_QUERY_MISMATCH', 'POLICY_RESOURCE_COUNT'],
  summary: 'Set policies of a KMS instance',
});
