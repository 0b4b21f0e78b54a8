import { listKeys } from '../../../contract/key-list/list.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import type { KeyFilter } from '../../../store/kms/key-list.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import { type Handler, handle } from '../../handler.ts';
import { allowSameRings, auditedRing, resolveVisibleRings } from '../key-rings/visible-rings.ts';
import type { KmsDeps } from '../kms-deps.ts';
import { describeKeys } from './describe-keys.ts';
import { findMatches } from './find-matches.ts';
import { keyConditions, keyFilter } from './key-filter.ts';
import { type KeySearch, parseSearch } from './parse-search.ts';
import { parseSort } from './parse-sort.ts';

const DEFAULT_PAGE = 200;

interface ListQuery {
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly sort?: string | undefined;
}

/** A page of the keys that the caller sees; deleted ones only when state 5 is asked for. */
export function listKeysHandler(deps: KmsDeps): Handler {
  return handle(listKeys, {
    resolve: (call) => resolveVisibleRings(deps, call, 'kms.secrets.list'),
    allow: (_call, now, before) => allowSameRings(now, before),
    async run(call, visible) {
      const { query } = call.input;
      const search = query.search === undefined ? undefined : parseSearch(query.search);
      const filter = keyFilter(visible, keyConditions(query), call.now);
      const rows = await readPage(deps, filter, search, query);
      const resources = await describeKeys(deps.store.db, visible.instance, rows, call.now, deps.lifecycle);
      const metadata = {
        collectionType: KEY_TYPE,
        collectionTotal: resources.length,
        ...(search && { searchQuery: presentSearch(search) }),
      };
      const audit = { requestData: auditedRing(call.input.headers), responseData: { totalResources: resources.length } };
      return { output: { metadata, resources }, audit };
    },
  });
}

async function readPage(deps: KmsDeps, filter: KeyFilter, search: KeySearch | undefined, query: ListQuery): Promise<KeyRow[]> {
  const { limit = DEFAULT_PAGE, offset = 0 } = query;
  const sort = parseSort(query.sort ?? '');
  if (!search) return deps.keyRows.list(deps.store.db, filter, { limit, offset }, sort);
  const ids = await findMatches(deps.store.db, filter, search, sort);
  return deps.keyRows.findMany(deps.store.db, filter.instanceId, ids.slice(offset, offset + limit));
}

/** The search as it was understood; what is not so is left out. */
function presentSearch({ query, scopes, not, exact }: KeySearch) {
  return { query, scopes: [...scopes], ...(not && { not }), ...(exact && { exact }) };
}
