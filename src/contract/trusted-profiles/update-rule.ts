import { IfMatchHeaders } from '../identity-changes.ts';
import { defineOperation } from '../operation.ts';
import { ClaimRule, ClaimRuleParams, ClaimRuleRequest } from './claim-rule.ts';

export const updateClaimRule = defineOperation({
  name: 'trusted-profiles.update-rule',
  api: 'iam',
  http: { method: 'PUT', path: '/v1/profiles/:id/rules/:rule_id', success: 200 },
  action: 'iam-identity.profile.update',
  auditAs: 'iam-identity.trustedprofile-rule.update',
  mutates: true,
  input: { params: ClaimRuleParams, headers: IfMatchHeaders, body: ClaimRuleRequest },
  output: ClaimRule,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ENTITY_TAG', 'INVALID_FIELD', 'NOT_SUPPORTED'],
  summary: 'Replace a claim rule of a trusted profile',
});
