import { countKeys } from '../../../contract/key-list/count.ts';
import { countKeys as readCount } from '../../../store/kms/key-list.ts';
import { type Handler, handle } from '../../handler.ts';
import { allowSameRings, auditedRing, resolveVisibleRings } from '../key-rings/visible-rings.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { findMatches } from './find-matches.ts';
import { keyConditions, keyFilter } from './key-filter.ts';
import { parseSearch } from './parse-search.ts';
import { parseSort } from './parse-sort.ts';

/** How many keys the list would have over all of its pages. */
export function countKeysHandler(deps: KmsDeps): Handler {
  return handle(countKeys, {
    resolve: (call) => resolveVisibleRings(deps, call, 'kms.secrets.head'),
    allow: (_call, now, before) => allowSameRings(now, before),
    async run(call, visible) {
      const { query } = call.input;
      const filter = keyFilter(visible, keyConditions(query), call.now);
      // An order changes no number, but what is wrong for the list is wrong here.
      const sort = parseSort(query.sort ?? '');
      const total =
        query.search === undefined
          ? await readCount(deps.store.db, filter)
          : (await findMatches(deps.store.db, filter, parseSearch(query.search), sort)).length;
      const audit = { requestData: auditedRing(call.input.headers), responseData: { totalResources: total } };
      return { output: undefined, headers: { 'Key-Total': String(total) }, audit };
    },
  });
}
