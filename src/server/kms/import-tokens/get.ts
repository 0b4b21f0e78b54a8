import { RootwardError } from '../../../contract/errors.ts';
import { getImportToken } from '../../../contract/import-tokens/get.ts';
import { countRetrieval, findImportToken } from '../../../store/kms/import-tokens.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { presentImportToken, tokenFacts } from './present.ts';

/** Shows the public key and the nonce. The retrieval is counted first, so that the answer says how many are left. */
export function getImportTokenHandler(deps: KmsDeps): Handler {
  return handle(getImportToken, {
    resolve: (call) => deps.resolver.instance(call),
    async change(call, instance, tx) {
      const token = await findImportToken(tx, instance.guid);
      if (!token || token.expires_at <= call.now || token.remaining_retrievals < 1)
        throw new RootwardError('IMPORT_TOKEN_EXPIRED', { hint: 'Create another one with POST /import_token.' });
      const row = { ...token, remaining_retrievals: token.remaining_retrievals - 1 };
      await countRetrieval(tx, instance.guid, row.remaining_retrievals);
      using nonce = deps.material.openTokenPart(instance, token, 'nonce');
      return {
        output: {
          ...presentImportToken(row),
          payload: Buffer.from(token.public_key).toString('base64'),
          nonce: nonce.use((bytes) => bytes.toString('base64')),
        },
        audit: { responseData: tokenFacts(row) },
      };
    },
  });
}
