import { rotateApiKey } from '../../../contract/api-keys/rotate.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findApiKey } from '../../../store/iam/api-keys.ts';
import { endSessionsOfKey } from '../../../store/iam/sessions.ts';
import { type Handler, handle } from '../../handler.ts';
import { refuseActingAs } from '../act-as.ts';
import type { IamDeps } from '../iam-deps.ts';
import { SERVICE_ID_PREFIX } from '../identity.ts';
import { currentKey, keyFacts, refuseLockedKey, writeKey } from './current-key.ts';
import { resolvedKey } from './find.ts';
import { presentApiKey } from './present.ts';
import { hashSecret, newSecret } from './secret.ts';

/**
 * A new secret for the same key. Whoever gets it can act as the key's holder, so it is given to the holder himself, and for a service
 * ID to whoever has at least its rights.
 */
export function rotateApiKeyHandler(deps: IamDeps): Handler {
  return handle(rotateApiKey, {
    async resolve(call) {
      const { principal, input } = call;
      const found = resolvedKey(await findApiKey(deps.store.db, principal.accountId, input.params.id), principal.accountId);
      if (found.missing || found.record.iam_id === principal.iamId) return found;
      const { iam_id: iamId } = found.record;
      const missing = iamId.startsWith(SERVICE_ID_PREFIX)
        ? await refuseActingAs(deps, principal, principal.accountId, iamId)
        : new RootwardError('ACTION_DENIED', { message: 'Only its holder gets a new secret for the API key of a user.' });
      return missing ? { target: found.target, missing } : found;
    },
    async change({ input, now }, found, tx) {
      const row = await currentKey(tx, found);
      refuseLockedKey(row);
      const grace = input.body?.grace_seconds ?? 0;
      const secret = newSecret(deps);
      const changes = {
        secret_hash: hashSecret(deps.barrier, secret),
        previous_secret_hash: grace === 0 ? null : row.secret_hash,
        previous_until: grace === 0 ? null : now + grace * 1000,
        // Without a grace period, tokens and passcodes that were made with the old secret stop with it.
        secret_epoch: row.secret_epoch + (grace === 0 ? 1 : 0),
      };
      const changed = await writeKey(tx, deps, row, changes, now);
      if (grace === 0) await endSessionsOfKey(tx, changed.account_id, changed.id, now);
      const output = presentApiKey(changed, now, secret);
      return { output, headers: { ETag: changed.entity_tag }, audit: keyFacts(changed, 'rotate') };
    },
  });
}
