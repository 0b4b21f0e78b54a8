import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { readKeyMetadata } from '../../../contract/keys/metadata.ts';
import { type Handler, handle } from '../../handler.ts';
import { describeKey } from '../key-list/describe-keys.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { auditedKey, auditedRequest } from './audited-key.ts';

/** What is known of a key, in any state, without its material. */
export function keyMetadataHandler(deps: KmsDeps): Handler {
  return handle(readKeyMetadata, {
    resolve: (call) => deps.resolver.key(call),
    async run(call, { instance, key }) {
      const shown = await describeKey(deps.store.db, instance, key, call.now, deps.lifecycle);
      return {
        output: { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources: [shown] },
        audit: { requestData: auditedRequest(key), responseData: auditedKey(key, call.now) },
      };
    },
  });
}
