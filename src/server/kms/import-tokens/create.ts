import { randomBytes } from 'node:crypto';
import { createImportToken } from '../../../contract/import-tokens/create.ts';
import { type ImportTokenRow, replaceImportToken } from '../../../store/kms/import-tokens.ts';
import { type Handler, handle } from '../../handler.ts';
import { uninitialized } from '../keys/resolve-key.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { presentImportToken, tokenFacts } from './present.ts';

const NONCE_BYTES = 12;
const DEFAULT_SECONDS = 600;
const DEFAULT_RETRIEVALS = 1;

/** Makes a key pair and a nonce for importing root keys. They take the place of the instance's earlier ones. */
export function createImportTokenHandler(deps: KmsDeps): Handler {
  return handle(createImportToken, {
    async resolve(call) {
      const found = await deps.resolver.instance(call);
      return found.missing || found.record.sealed_key.length > 0 ? found : uninitialized(found);
    },
    // It takes about a second: longer than other changes can wait, and nothing to do for those who may not.
    prepare: () => deps.importKeyPairs.next(),
    async change(call, instance, tx, { publicKey, privateKey }) {
      const { expiration = DEFAULT_SECONDS, maxAllowedRetrievals = DEFAULT_RETRIEVALS } = call.input.body ?? {};
      const id = deps.newId();
      const secret = privateKey.export({ type: 'pkcs8', format: 'der' });
      const nonce = randomBytes(NONCE_BYTES);
      const row: ImportTokenRow = {
        instance_id: instance.guid,
        id,
        account_id: instance.account_id,
        public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        sealed_private_key: deps.material.sealTokenPart(instance, id, 'private-key', secret),
        sealed_nonce: deps.material.sealTokenPart(instance, id, 'nonce', nonce),
        max_retrievals: maxAllowedRetrievals,
        remaining_retrievals: maxAllowedRetrievals,
        expires_at: call.now + expiration * 1000,
        created_at: call.now,
        created_by: call.principal.iamId,
      };
      secret.fill(0);
      nonce.fill(0);
      await replaceImportToken(tx, row);
      return { output: presentImportToken(row), audit: { responseData: tokenFacts(row) } };
    },
  });
}
