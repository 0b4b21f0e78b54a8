import { formatCrn } from '../../../contract/crn.ts';
import type { ClaimRule, ClaimRuleRequest } from '../../../contract/trusted-profiles/claim-rule.ts';
import type { ProfileIdentity } from '../../../contract/trusted-profiles/identity.ts';
import type { TrustedProfile } from '../../../contract/trusted-profiles/profile.ts';
import type { ClaimRuleRow, ProfileIdentityRow, TrustedProfileRow } from '../../../store/iam/trusted-profiles.ts';
import { formatInstant } from '../../instant.ts';
import { CRN_PREFIX, SERVICE_ID_PREFIX } from '../identity.ts';

export function presentProfile(row: TrustedProfileRow): TrustedProfile {
  return {
    id: row.id,
    entity_tag: row.entity_tag,
    crn: formatCrn({ service: 'iam-identity', accountId: row.account_id, resourceType: 'profile', resource: row.id }),
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    created_at: formatInstant(row.created_at),
    modified_at: formatInstant(row.modified_at),
    iam_id: row.iam_id,
    account_id: row.account_id,
  };
}

export function presentIdentity({ type, identifier, account_id, description }: ProfileIdentityRow): ProfileIdentity {
  return {
    iam_id: type === 'crn' ? CRN_PREFIX + identifier : identifier,
    identifier: type === 'serviceid' ? identifier.slice(SERVICE_ID_PREFIX.length) : identifier,
    type,
    ...(type === 'user' && { accounts: [account_id] }),
    ...(description === null ? {} : { description }),
  };
}

export function presentRule(row: ClaimRuleRow): ClaimRule {
  return {
    id: row.id,
    entity_tag: row.entity_tag,
    created_at: formatInstant(row.created_at),
    modified_at: formatInstant(row.modified_at),
    ...(JSON.parse(row.document) as ClaimRuleRequest),
  };
}
