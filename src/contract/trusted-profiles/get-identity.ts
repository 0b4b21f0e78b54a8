import { defineOperation } from '../operation.ts';
import { IdentityParams, ProfileIdentity } from './identity.ts';

export const getProfileIdentity = defineOperation({
  name: 'trusted-profiles.get-identity',
  api: 'iam',
  http: { method: 'GET', path: '/v1/profiles/:id/identities/:type/:identifier', success: 200 },
  action: 'iam-identity.profile.get',
  auditAs: 'iam-identity.trustedprofile-identity.get',
  mutates: false,
  input: { params: IdentityParams },
  output: ProfileIdentity,
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  summary: 'Show one identity that may act as a trusted profile',
});
