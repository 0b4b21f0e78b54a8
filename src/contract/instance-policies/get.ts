import { envelope, InstanceHeaders } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';
import { InstancePolicy, InstancePolicyQuery } from './instance-policy.ts';

export const getInstancePolicies = defineOperation({
  name: 'instance-policies.get',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/instance/policies', success: 200 },
  action: 'kms.instancepolicies.read',
  auditAs: 'kms.instance-policies.read',
  mutates: false,
  input: { headers: InstanceHeaders, query: InstancePolicyQuery },
  output: envelope(InstancePolicy),
  sensitive: [],
  errors: [],
  summary: 'Show the policies of a KMS instance',
});
