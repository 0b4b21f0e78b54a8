import type { ApiKey } from '../../../contract/api-keys/api-key.ts';
import { formatCrn } from '../../../contract/crn.ts';
import type { ApiKeyRow } from '../../../store/iam/api-keys.ts';
import { formatInstant } from '../../instant.ts';

/** An API key as shown at `now`. `secret` only right after it was made. */
export function presentApiKey(row: ApiKeyRow, now: number, secret?: string): ApiKey {
  return {
    id: row.id,
    entity_tag: row.entity_tag,
    crn: formatCrn({ service: 'iam-identity', accountId: row.account_id, resourceType: 'apikey', resource: row.id }),
    locked: row.locked !== 0,
    disabled: row.disabled !== 0,
    created_at: formatInstant(row.created_at),
    created_by: row.created_by,
    modified_at: formatInstant(row.modified_at),
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    iam_id: row.iam_id,
    account_id: row.account_id,
    ...(row.expires_at === null ? {} : { expires_at: formatInstant(row.expires_at) }),
    ...(row.previous_until !== null && row.previous_until > now && { previous_secret_until: formatInstant(row.previous_until) }),
    ...(secret === undefined ? {} : { apikey: secret }),
  };
}
