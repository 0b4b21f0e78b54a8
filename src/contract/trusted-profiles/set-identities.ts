import Type from 'typebox';
import { IfMatchHeaders } from '../identity-changes.ts';
import { defineOperation } from '../operation.ts';
import { MOST_IDENTITIES, ProfileIdentities, WantedIdentity } from './identity.ts';
import { ProfileParams } from './profile.ts';

export const setProfileIdentities = defineOperation({
  name: 'trusted-profiles.set-identities',
  api: 'iam',
  http: { method: 'PUT', path: '/v1/profiles/:id/identities', success: 200 },
  action: 'iam-identity.profile.update',
  auditAs: 'iam-identity.trustedprofile-identities.update',
  mutates: true,
  input: {
    params: ProfileParams,
    headers: IfMatchHeaders,
    body: Type.Object({ identities: Type.Optional(Type.Array(WantedIdentity, { maxItems: MOST_IDENTITIES })) }),
  },
  output: ProfileIdentities,
  sensitive: [],
  errors: ['IAM_NOT_FOUND', 'ENTITY_TAG', 'INVALID_FIELD', 'NOT_SUPPORTED'],
  summary: 'Set all who may act as a trusted profile',
});
