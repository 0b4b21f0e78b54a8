import { getApiKeyDetails } from '../../../contract/api-keys/details.ts';
import { findApiKeyByHash } from '../../../store/iam/api-keys.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import type { GuessLimit } from '../tokens/guesses/guess-limit.ts';
import { resolvedKey } from './find.ts';
import { presentApiKey } from './present.ts';
import { hashSecret } from './secret.ts';

/** Which key a secret belongs to; a secret of another account is unknown. */
export function apiKeyDetailsHandler(deps: IamDeps, guesses: GuessLimit): Handler {
  return handle(getApiKeyDetails, {
    async resolve(call) {
      const { accountId } = call.principal;
      const row = await findApiKeyByHash(deps.store.db, hashSecret(deps.barrier, call.input.headers['iam-apikey']), call.now);
      const found = resolvedKey(row?.account_id === accountId ? row : undefined, accountId);
      return found.missing ? { ...found, missing: guesses.wrong(call.host.address, call.now, found.missing) } : found;
    },
    run: (call, row) => ({ output: presentApiKey(row, call.now), headers: { ETag: row.entity_tag } }),
  });
}
