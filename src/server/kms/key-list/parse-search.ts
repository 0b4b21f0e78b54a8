import { invalidQuery } from './invalid-query.ts';

export type SearchScope = 'name' | 'alias';

/** What is looked for in the names and aliases of keys, whatever the case of its letters. */
export interface KeySearch {
  readonly query: string;
  readonly scopes: readonly SearchScope[];
  /** Keys that do not match instead of those that do. */
  readonly not: boolean;
  /** The whole name or alias, not a part of it. */
  readonly exact: boolean;
}

const PREFIX = /^(not|exact|escape|name|alias):/;

/**
 * `search`: options and scopes, each with a colon, in any order, then the term. After `escape:` the rest is the term, whatever it
 * looks like. One comma at the end is no part of it: the Go client adds one.
 */
export function parseSearch(text: string): KeySearch {
  const found = new Set<string>();
  let rest = text.replace(/,$/, '');
  for (let prefix = PREFIX.exec(rest); prefix; prefix = found.has('escape') ? null : PREFIX.exec(rest)) {
    found.add(prefix[1] ?? '');
    rest = rest.slice(prefix[0].length);
  }
  if (rest === '') throw invalidQuery('search', 'has no term to search for');
  const scopes = (['name', 'alias'] as const).filter((scope) => found.has(scope));
  return {
    query: rest,
    scopes: scopes.length > 0 ? scopes : ['name', 'alias'],
    not: found.has('not'),
    exact: found.has('exact'),
  };
}
