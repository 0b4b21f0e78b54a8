import { RootwardError } from '../../../contract/errors.ts';
import type { ApiKeyRow } from '../../../store/iam/api-keys.ts';
import type { Resolved } from '../../handler.ts';
import { keysOfIdentity } from './target.ts';

/** A key as the target of a call. The keys of a cluster's own processes are nobody's to see or delete. */
export function resolvedKey(row: ApiKeyRow | undefined, accountId: string): Resolved<ApiKeyRow> {
  if (row?.purpose === null) return { target: keysOfIdentity(accountId, row.iam_id, row.name), record: row };
  return {
    target: { serviceName: 'iam-identity', accountId, resourceType: 'apikey' },
    missing: new RootwardError('IAM_NOT_FOUND', { message: 'The API key does not exist.' }),
  };
}
