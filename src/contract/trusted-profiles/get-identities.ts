import { defineOperation } from '../operation.ts';
import { ProfileIdentities } from './identity.ts';
import { ProfileParams } from './profile.ts';

export const getProfileIdentities = defineOperation({
  name: 'trusted-profiles.get-identities',
  api: 'iam',
  http: { method: 'GET', path: '/v1/profiles/:id/identities', success: 200 },
  action: 'iam-identity.profile.get',
  auditAs: 'iam-identity.trustedprofile-identities.get',
  mutates: false,
  input: { params: ProfileParams },
  output: ProfileIdentities,
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  cli: { command: ['iam', 'trusted-profile-identities'], arguments: ['params.id'] },
  summary: 'List who may act as a trusted profile',
});
