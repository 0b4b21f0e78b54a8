import Type from 'typebox';
import { IDENTITY_LIST_PLACES, IDENTITY_LIST_QUERY } from '../identity-list.ts';
import { defineOperation } from '../operation.ts';
import { TrustedProfile } from './profile.ts';

export const listProfiles = defineOperation({
  name: 'trusted-profiles.list',
  api: 'iam',
  http: { method: 'GET', path: '/v1/profiles', success: 200 },
  action: 'iam-identity.profile.list',
  auditAs: 'iam-identity.trustedprofile.list',
  mutates: false,
  input: {
    query: Type.Object({
      ...IDENTITY_LIST_QUERY,
      name: Type.Optional(Type.String({ maxLength: 100 })),
      sort: Type.Optional(Type.Enum(['name', 'description', 'created_at', 'modified_at'])),
    }),
  },
  output: Type.Object({ ...IDENTITY_LIST_PLACES, profiles: Type.Array(TrustedProfile) }),
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'INVALID_QUERY'],
  cli: {
    command: ['iam', 'trusted-profiles'],
    options: { '--name <name>': { into: 'query.name', help: 'only the one of this name' } },
  },
  summary: 'List the trusted profiles that you may see',
});
