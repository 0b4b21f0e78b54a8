import { defineOperation } from '../operation.ts';
import { IdentityBody, IdentityTypeParams, ProfileIdentity } from './identity.ts';

export const addProfileIdentity = defineOperation({
  name: 'trusted-profiles.add-identity',
  api: 'iam',
  http: { method: 'POST', path: '/v1/profiles/:id/identities/:type', success: 200 },
  action: 'iam-identity.profile.update',
  auditAs: 'iam-identity.trustedprofile-identity.create',
  mutates: true,
  input: { params: IdentityTypeParams, body: IdentityBody },
  output: ProfileIdentity,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'INVALID_FIELD', 'NOT_SUPPORTED'],
  cli: {
    command: ['iam', 'trusted-profile-identity-create'],
    arguments: ['params.id', 'params.type', 'body.identifier'],
    options: { '-d, --description <text>': { into: 'body.description', help: 'why it may act as the profile' } },
  },
  summary: 'Let a user, a service ID or a CRN act as a trusted profile',
});
