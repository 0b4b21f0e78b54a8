import Type from 'typebox';
import { DistinctName } from '../identity-changes.ts';
import { defineOperation } from '../operation.ts';
import { ProfileDescription, ProfileEmail, TrustedProfile } from './profile.ts';

export const createProfile = defineOperation({
  name: 'trusted-profiles.create',
  api: 'iam',
  http: { method: 'POST', path: '/v1/profiles', success: 201 },
  action: 'iam-identity.profile.create',
  auditAs: 'iam-identity.trustedprofile.create',
  mutates: true,
  input: {
    body: Type.Object({
      name: DistinctName,
      description: ProfileDescription,
      account_id: Type.Optional(Type.String({ maxLength: 64 })),
      email: ProfileEmail,
    }),
  },
  output: TrustedProfile,
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'NAME_TAKEN', 'NOT_SUPPORTED'],
  cli: {
    command: ['iam', 'trusted-profile-create'],
    arguments: ['body.name'],
    options: { '-d, --description <text>': { into: 'body.description', help: 'what the profile is for' } },
  },
  summary: 'Create a trusted profile',
});
