import { countKeys } from '../../../contract/keys/count.ts';
import { countKeys as readCount } from '../../../store/keys.ts';
import { type Handler, handle } from '../../handler.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { keyFilter, refuseUnsupported } from './key-filter.ts';

/** How many keys the list would have over all of its pages. */
export function countKeysHandler(deps: KmsDeps): Handler {
  return handle(countKeys, {
    resolve({ principal, input }) {
      refuseUnsupported(input.query);
      return deps.resolver.instance(principal, input.headers);
    },
    async run(call, instance) {
      const total = await readCount(deps.store.db, keyFilter(instance, call.input.query, call.now));
      return { output: undefined, headers: { 'Key-Total': String(total) }, audit: { responseData: { totalResources: total } } };
    },
  });
}
