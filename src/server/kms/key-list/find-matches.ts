import { RootwardError } from '../../../contract/errors.ts';
import { aliasesOfKeys } from '../../../store/kms/key-aliases.ts';
import { type KeyFilter, listKeyNames, pageOfKeysQuery, type SortTerm } from '../../../store/kms/key-list.ts';
import type { Db, Tx } from '../../../store/store.ts';
import type { KeySearch } from './parse-search.ts';

/** How many keys a search looks at. */
const MOST = 5000;
/** Key ids per query: engines bound how many parameters one may have. */
const AT_ONCE = 500;

/**
 * The ids of the keys that match, in order. Names are compared here and not by the store: what "the same letter in another case"
 * means would depend on the engine. Throws KEY_SEARCH_TOO_BROAD, before anything is put in order, where more keys would be looked at.
 */
export async function findMatches(
  db: Db | Tx,
  filter: KeyFilter,
  search: KeySearch,
  sort: readonly SortTerm[],
): Promise<string[]> {
  const some = await pageOfKeysQuery(db, filter, { limit: MOST + 1, offset: 0 }).execute();
  if (some.length > MOST) throw new RootwardError('KEY_SEARCH_TOO_BROAD', { target: { type: 'query_param', name: 'search' } });
  const candidates = await listKeyNames(db, filter, MOST + 1, sort);
  const inNames = search.scopes.includes('name');
  const matchesText = textMatcher(search);
  const matching: string[] = [];
  for (let start = 0; start < candidates.length; start += AT_ONCE) {
    const few = candidates.slice(start, start + AT_ONCE);
    const aliases = search.scopes.includes('alias')
      ? await aliasesOfKeys(
          db,
          few.map(({ id }) => id),
        )
      : new Map<string, string[]>();
    for (const { id, name } of few) {
      const matches =
        id === search.query.toLowerCase() || (inNames && matchesText(name)) || (aliases.get(id) ?? []).some(matchesText);
      if (matches !== search.not) matching.push(id);
    }
  }
  return matching;
}

function textMatcher({ query, exact }: KeySearch): (text: string) => boolean {
  const wanted = query.toLowerCase();
  return exact ? (text) => text.toLowerCase() === wanted : (text) => text.toLowerCase().includes(wanted);
}
