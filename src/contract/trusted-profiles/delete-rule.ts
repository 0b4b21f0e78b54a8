import { defineOperation } from '../operation.ts';
import { ClaimRuleParams } from './claim-rule.ts';

export const deleteClaimRule = defineOperation({
  name: 'trusted-profiles.delete-rule',
  api: 'iam',
  http: { method: 'DELETE', path: '/v1/profiles/:id/rules/:rule_id', success: 204 },
  action: 'iam-identity.profile.update',
  auditAs: 'iam-identity.trustedprofile-rule.delete',
  mutates: true,
  input: { params: ClaimRuleParams },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  cli: { command: ['iam', 'trusted-profile-rule-delete'], arguments: ['params.id', 'params.rule_id'] },
  summary: 'Delete a claim rule of a trusted profile',
});
