import { defineOperation } from '../operation.ts';
import { ProfileParams } from './profile.ts';

export const deleteProfile = defineOperation({
  name: 'trusted-profiles.delete',
  api: 'iam',
  http: { method: 'DELETE', path: '/v1/profiles/:id', success: 204 },
  action: 'iam-identity.profile.delete',
  auditAs: 'iam-identity.trustedprofile.delete',
  mutates: true,
  input: { params: ProfileParams },
  output: undefined,
  sensitive: [],
  errors: ['IAM_NOT_FOUND'],
  cli: { command: ['iam', 'trusted-profile-delete'], arguments: ['params.id'] },
  summary: 'Delete a trusted profile with its policies; who acts as it stops at once',
});
