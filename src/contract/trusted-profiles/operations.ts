import type { Operation } from '../operation.ts';
import { addProfileIdentity } from './add-identity.ts';
import { createProfile } from './create.ts';
import { createClaimRule } from './create-rule.ts';
import { deleteProfile } from './delete.ts';
import { deleteProfileIdentity } from './delete-identity.ts';
import { deleteClaimRule } from './delete-rule.ts';
import { getProfile } from './get.ts';
import { getProfileIdentities } from './get-identities.ts';
import { getProfileIdentity } from './get-identity.ts';
import { getClaimRule } from './get-rule.ts';
import { PROFILE_LINKS } from './links.ts';
import { listProfiles } from './list.ts';
import { listClaimRules } from './list-rules.ts';
import { setProfileIdentities } from './set-identities.ts';
import { updateProfile } from './update.ts';
import { updateClaimRule } from './update-rule.ts';

export const TRUSTED_PROFILE_OPERATIONS: readonly Operation[] = [
  createProfile,
  listProfiles,
  getProfile,
  updateProfile,
  deleteProfile,
  getProfileIdentities,
  setProfileIdentities,
  addProfileIdentity,
  getProfileIdentity,
  deleteProfileIdentity,
  createClaimRule,
  listClaimRules,
  getClaimRule,
  updateClaimRule,
  deleteClaimRule,
  ...PROFILE_LINKS,
];
