import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { listKeys } from '../../../contract/keys/list.ts';
import { listKeys as readKeys } from '../../../store/keys.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { describeKeys } from './describe-keys.ts';
import { keyFilter, refuseUnsupported } from './key-filter.ts';

const DEFAULT_PAGE = 200;

/** A page of keys; deleted ones only when state 5 is asked for. */
export function listKeysHandler(deps: KmsDeps): Handler {
  return handle(listKeys, {
    resolve({ principal, input }) {
      refuseUnsupported(input.query);
      return deps.resolver.instance(principal, input.headers);
    },
    async run(call, instance) {
      const { limit = DEFAULT_PAGE, offset = 0 } = call.input.query;
      const rows = await readKeys(deps.store.db, keyFilter(instance, call.input.query, call.now), { limit, offset });
      const resources = await describeKeys(deps.store.db, instance, rows, call.now, deps.lifecycle);
      return {
        output: { metadata: { collectionType: KEY_TYPE, collectionTotal: resources.length }, resources },
        audit: { responseData: { totalResources: resources.length } },
      };
    },
  });
}
