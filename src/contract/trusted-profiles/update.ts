import Type from 'typebox';
import { DistinctName, IfMatchHeaders } from '../identity-changes.ts';
import { defineOperation } from '../operation.ts';
import { ProfileDescription, ProfileEmail, ProfileParams, TrustedProfile } from './profile.ts';

export const updateProfile = defineOperation({
  name: 'trusted-profiles.update',
  api: 'iam',
  http: { method: 'PUT', path: '/v1/profiles/:id', success: 200 },
  action: 'iam-identity.profile.update',
  auditAs: 'iam-identity.trustedprofile.update',
  mutates: true,
  input: {
    params: ProfileParams,
    headers: IfMatchHeaders,
    body: Type.Object({ name: Type.Optional(DistinctName), description: ProfileDescription, email: ProfileEmail }),
  },
  output: TrustedProfile,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ENTITY_TAG', 'NAME_TAKEN', 'NOT_SUPPORTED'],
  cli: {
    command: ['iam', 'trusted-profile-update'],
    arguments: ['params.id'],
    options: {
      '-n, --name <name>': { into: 'body.name', help: 'new name' },
      '-d, --description <text>': { into: 'body.description', help: 'new description; empty takes it away' },
    },
  },
  summary: 'Change the name or description of a trusted profile',
});
