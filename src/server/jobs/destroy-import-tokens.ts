import { findInstanceOfAnyAccount } from '../../store/instances.ts';
import { deleteImportToken, findImportToken, importTokensUntil, nextTokenExpiry } from '../../store/kms/import-tokens.ts';
import { formatInstant } from '../instant.ts';
import { targetOfInstance } from '../kms/keys/resolve-key.ts';
import type { DueItem, Job } from './job.ts';
import type { JobsDeps } from './jobs-deps.ts';
import { systemRecord } from './system-record.ts';

interface DueToken extends DueItem {
  readonly instanceId: string;
}

/** Destroys the private keys of import tokens that have expired: what was sealed for them cannot be opened any more. */
export function destroyImportTokens(deps: Pick<JobsDeps, 'newId'>): Job<DueToken> {
  return {
    name: 'import-tokens',
    isIrreversible: true,
    topics: ['keys'],
    due: importTokensUntil,
    nearest: nextTokenExpiry,
    async act(tx, item, { now, before }) {
      const token = await findImportToken(tx, item.instanceId);
      const instance = await findInstanceOfAnyAccount(tx, item.instanceId);
      if (!token || !instance || token.expires_at > before) return undefined;
      await deleteImportToken(tx, token.instance_id, token.id);
      const record = systemRecord({
        id: deps.newId(),
        at: now,
        action: 'kms.import-token.expire',
        target: targetOfInstance(instance),
        feature: 'import-tokens',
        responseData: {
          expirationDate: formatInstant(token.expires_at),
          maxAllowedRetrievals: token.max_retrievals,
          remainingRetrievals: token.remaining_retrievals,
        },
        correlationId: deps.newId(),
      });
      return { records: [record] };
    },
  };
}
