import Type from 'typebox';
import { DualAuthDelete } from '../../key-policies/key-policy.ts';
import { defineOperation } from '../../operation.ts';
import { envelope, InstanceHeaders, Key, requestEnvelope } from '../key.ts';
import { createKey, NewKey } from './create.ts';

/** A key with policies of its own: of the instance's policies it inherits nothing. */
const NewKeyWithPolicies = Type.Object({
  ...NewKey.properties,
  rotation: Type.Optional(Type.Object({ enabled: Type.Optional(Type.Boolean()), interval_month: Type.Integer() })),
  dualAuthDelete: Type.Optional(DualAuthDelete),
});

export const createKeyWithPolicies = defineOperation({
  name: 'keys.create-with-policies',
  api: 'key-protect',
  http: { method: 'POST', path: '/api/v2/keys_with_policy_overrides', success: 201 },
  action: 'kms.secrets-with-policy-overrides.create',
  mutates: true,
  input: { headers: InstanceHeaders, body: requestEnvelope(NewKeyWithPolicies) },
  output: envelope(Key),
  sensitive: createKey.sensitive,
  errors: [...createKey.errors, 'KEY_ROOT_REQUIRED'],
  summary: 'Create a key with policies of its own instead of those of the instance',
});
