import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ClaimRule } from './claim-rule.ts';
import { ProfileParams } from './profile.ts';

export const listClaimRules = defineOperation({
  name: 'trusted-profiles.list-rules',
  api: 'iam',
  http: { method: 'GET', path: '/v1/profiles/:id/rules', success: 200 },
  action: 'iam-identity.profile.get',
  auditAs: 'iam-identity.trustedprofile-rule.list',
  mutates: false,
  input: { params: ProfileParams },
  output: Type.Object({ rules: Type.Array(ClaimRule) }),
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  cli: { command: ['iam', 'trusted-profile-rules'], arguments: ['params.id'] },
  summary: 'List the claim rules of a trusted profile',
});
