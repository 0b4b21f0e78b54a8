import { purgeKey as purgeOperation } from '../../../contract/deletion/purge.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { type Handler, handle } from '../../handler.ts';
import { formatInstant } from '../../instant.ts';
import { describeKey } from '../key-list/describe-keys.ts';
import { auditedKey, auditedRequest } from '../keys/audited-key.ts';
import { keyForChange } from '../keys/change-key.ts';
import { prefersRepresentation } from '../keys/creation/prefer.ts';
import { refuseTooEarly } from '../keys/too-early.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { purgeKey } from './purge-key.ts';

/** Destroys a deleted key for good, from a while after its deletion on. Nobody can ever unwrap again what it has wrapped. */
export function purgeKeyHandler(deps: KmsDeps): Handler {
  return handle(purgeOperation, {
    resolve: (call) => deps.resolver.key(call),
    async change(call, resolved, tx) {
      const key = await keyForChange(deps, tx, 'purge', resolved, call.now);
      const deletedAt = key.deleted_at ?? key.state_changed_at;
      refuseTooEarly('The key was deleted', deletedAt, deps.lifecycle.purgeAfterDeleteSeconds, call.now);
      const shown = await describeKey(tx, resolved.instance, key, call.now, deps.lifecycle);
      await purgeKey(tx, key.instance_id, key.id);
      return {
        output: { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources: [shown] },
        status: prefersRepresentation(call.input.headers.prefer) ? 200 : 204,
        audit: {
          requestData: auditedRequest(key),
          responseData: {
            ...auditedKey(key, call.now),
            deletionDate: formatInstant(deletedAt),
            purgeAllowedFrom: shown.purgeAllowedFrom,
            purgeEligibleOn: shown.purgeAllowedFrom,
          },
        },
        after: () => deps.material.forget(key.id),
      };
    },
  });
}
