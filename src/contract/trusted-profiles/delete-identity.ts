import { defineOperation } from '../operation.ts';
import { IdentityParams } from './identity.ts';

export const deleteProfileIdentity = defineOperation({
  name: 'trusted-profiles.delete-identity',
  api: 'iam',
  http: { method: 'DELETE', path: '/v1/profiles/:id/identities/:type/:identifier', success: 204 },
  action: 'iam-identity.profile.update',
  auditAs: 'iam-identity.trustedprofile-identity.delete',
  mutates: true,
  input: { params: IdentityParams },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  cli: { command: ['iam', 'trusted-profile-identity-delete'], arguments: ['params.id', 'params.type', 'params.identifier'] },
  summary: 'Let an identity act as a trusted profile no more',
});
