import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ProfileParams, TrustedProfile } from './profile.ts';

export const getProfile = defineOperation({
  name: 'trusted-profiles.get',
  api: 'iam',
  http: { method: 'GET', path: '/v1/profiles/:id', success: 200 },
  action: 'iam-identity.profile.get',
  auditAs: 'iam-identity.trustedprofile.get',
  mutates: false,
  input: { params: ProfileParams, query: Type.Object({ include_activity: Type.Optional(Type.Boolean()) }) },
  output: TrustedProfile,
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  cli: { command: ['iam', 'trusted-profile'], arguments: ['params.id'] },
  summary: 'Show a trusted profile',
});
