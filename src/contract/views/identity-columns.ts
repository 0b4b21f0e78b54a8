import type { AccessGroup } from '../access-groups/access-group.ts';
import type { Member, MemberResult } from '../access-groups/member.ts';
import type { Activity } from '../activity.ts';
import type { ApiKey } from '../api-keys/api-key.ts';
import type { ServiceId } from '../service-ids/service-id.ts';
import type { ClaimRule } from '../trusted-profiles/claim-rule.ts';
import type { ProfileIdentity } from '../trusted-profiles/identity.ts';
import type { TrustedProfile } from '../trusted-profiles/profile.ts';
import { API_KEYS, NEW_API_KEY, SERVICE_IDS } from './account-columns.ts';
import { type Column, instantText, yesNo } from './column.ts';

/** When somebody last logged in by it, where that was asked for; it is a few seconds behind. */
const LAST_USED: Column<{ readonly activity?: Activity }> = {
  title: 'Last Used',
  value: ({ activity }) => (activity && activity.authn_count === 0 ? 'never' : instantText(activity?.last_authn)),
};
const LOGINS: Column<{ readonly activity?: Activity }> = {
  title: 'Logins',
  value: ({ activity }) => String(activity?.authn_count ?? ''),
};

const STATE_OF_KEY: readonly Column<ApiKey>[] = [
  { title: 'Locked', value: ({ locked }) => yesNo(locked) },
  { title: 'Disabled', value: ({ disabled }) => yesNo(disabled) },
  { title: 'Expires', value: ({ expires_at }) => instantText(expires_at) },
  { title: 'Old secret until', value: ({ previous_secret_until }) => instantText(previous_secret_until) },
];

export const API_KEY_LIST: readonly Column<ApiKey>[] = [...API_KEYS, LAST_USED];
export const API_KEY_PAGE: readonly Column<ApiKey>[] = [...API_KEYS, ...STATE_OF_KEY, LAST_USED, LOGINS];
export const NEW_API_KEY_PAGE: readonly Column<ApiKey>[] = [...NEW_API_KEY, ...STATE_OF_KEY];

export const SERVICE_ID_LIST: readonly Column<ServiceId>[] = [...SERVICE_IDS, LAST_USED];
export const SERVICE_ID_PAGE: readonly Column<ServiceId>[] = [
  ...SERVICE_IDS,
  { title: 'Locked', value: ({ locked }) => yesNo(locked) },
  { title: 'CRN', value: ({ crn }) => crn },
  { title: 'Acts as', value: ({ unique_instance_crns }) => unique_instance_crns.join(', ') },
  LAST_USED,
  LOGINS,
];

export const ACCESS_GROUPS: readonly Column<AccessGroup>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'ID', value: ({ id }) => id },
  { title: 'Description', wide: true, value: ({ description }) => description ?? '' },
  { title: 'Created At', value: ({ created_at }) => instantText(created_at) },
];

export const MEMBERS: readonly Column<Member>[] = [
  { title: 'Name', value: ({ name }) => name ?? '' },
  { title: 'E-mail', value: ({ email }) => email ?? '' },
  { title: 'IAM ID', value: ({ iam_id }) => iam_id },
  { title: 'Added', value: ({ created_at }) => instantText(created_at) },
];

export const MEMBER_RESULTS: readonly Column<MemberResult>[] = [
  { title: 'IAM ID', value: ({ iam_id }) => iam_id },
  { title: 'Done', value: ({ errors }) => yesNo(errors === undefined) },
  { title: 'Why not', value: ({ errors = [] }) => errors.map(({ message }) => message).join(' ') },
];

export const TRUSTED_PROFILES: readonly Column<TrustedProfile>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'ID', value: ({ id }) => id },
  { title: 'IAM ID', value: ({ iam_id }) => iam_id },
  { title: 'Description', wide: true, value: ({ description }) => description ?? '' },
  { title: 'Created At', value: ({ created_at }) => instantText(created_at) },
];

export const TRUSTED_PROFILE_LIST: readonly Column<TrustedProfile>[] = [...TRUSTED_PROFILES, LAST_USED];
export const TRUSTED_PROFILE_PAGE: readonly Column<TrustedProfile>[] = [...TRUSTED_PROFILES, LAST_USED, LOGINS];

export const PROFILE_IDENTITIES: readonly Column<ProfileIdentity>[] = [
  { title: 'Type', value: ({ type }) => type },
  { title: 'Identifier', value: ({ identifier }) => identifier },
  { title: 'Description', wide: true, value: ({ description }) => description ?? '' },
];

export const CLAIM_RULES: readonly Column<ClaimRule>[] = [
  { title: 'Name', value: ({ name }) => name ?? '' },
  { title: 'ID', value: ({ id }) => id },
  { title: 'Identity provider', value: ({ realm_name }) => realm_name ?? '' },
  {
    title: 'Conditions',
    value: ({ conditions }) => conditions.map(({ claim, operator, value }) => `${claim} ${operator} ${value}`).join(' and '),
  },
];
