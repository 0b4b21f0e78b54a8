import { defineOperation } from '../operation.ts';
import { ClaimRule, ClaimRuleRequest } from './claim-rule.ts';
import { ProfileParams } from './profile.ts';

export const createClaimRule = defineOperation({
  name: 'trusted-profiles.create-rule',
  api: 'iam',
  http: { method: 'POST', path: '/v1/profiles/:id/rules', success: 201 },
  action: 'iam-identity.profile.update',
  auditAs: 'iam-identity.trustedprofile-rule.create',
  mutates: true,
  input: { params: ProfileParams, body: ClaimRuleRequest },
  output: ClaimRule,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'INVALID_FIELD', 'NOT_SUPPORTED'],
  summary: 'Let people with certain claims of an identity provider act as a trusted profile',
});
