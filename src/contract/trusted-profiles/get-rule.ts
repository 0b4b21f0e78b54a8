import { defineOperation } from '../operation.ts';
import { ClaimRule, ClaimRuleParams } from './claim-rule.ts';

export const getClaimRule = defineOperation({
  name: 'trusted-profiles.get-rule',
  api: 'iam',
  http: { method: 'GET', path: '/v1/profiles/:id/rules/:rule_id', success: 200 },
  action: 'iam-identity.profile.get',
  auditAs: 'iam-identity.trustedprofile-rule.get',
  mutates: false,
  input: { params: ClaimRuleParams },
  output: ClaimRule,
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  summary: 'Show a claim rule of a trusted profile',
});
