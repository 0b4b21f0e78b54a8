import { RootwardError } from '../../contract/errors.ts';
import type { Barrier } from '../../crypto/barrier.ts';
import type { RowPage, SortColumn } from '../../store/iam/row-page.ts';
import type { RowFilter } from './list-filter.ts';
import { openText, sealText } from './sealed-text.ts';

const DEFAULT_PAGE = 20;
/** A filter looks at so many rows at a time, and at so many times that for one page; the next page goes on from there. */
const FILTERED_ROWS = 500;
const FILTERED_READS = 10;

const SORTS: readonly string[] = ['id', 'name', 'description', 'created_at', 'modified_at', 'created_by'] satisfies SortColumn[];

/** What page tokens are sealed for: the row may be one that whoever has the token may not see. */
const LABEL = 'page-token';

/** What a page token holds: the list, and the row beside which the page lies. */
interface Token {
  readonly filters: Readonly<Record<string, string>>;
  readonly sort: SortColumn;
  readonly descending: boolean;
  readonly backwards: boolean;
  readonly value: string | number;
  readonly id: string;
}

/** A page of a list, as it was asked for. */
export interface WantedPage {
  readonly filters: Readonly<Record<string, string>>;
  readonly page: Omit<RowPage, 'limit'>;
  readonly limit: number;
}

interface Query {
  readonly pagesize?: number;
  readonly pagetoken?: string;
  readonly sort?: SortColumn;
  readonly order?: 'asc' | 'desc';
}

/** What `query` asks for. `names` are the parameters that say what is in the list: a page token brings those of its first page along. */
export function wantedPage(barrier: Barrier, query: Query, names: readonly string[]): WantedPage {
  const limit = query.pagesize ?? DEFAULT_PAGE;
  if (query.pagetoken !== undefined) {
    const token = readToken(barrier, query.pagetoken, names);
    const { sort, descending, backwards, value, id } = token;
    return { filters: token.filters, page: { sort, descending, backwards, from: { value, id } }, limit };
  }
  const given: Readonly<Record<string, unknown>> = { ...query };
  const filters = Object.fromEntries(
    names.flatMap((name) => (typeof given[name] === 'string' ? [[name, given[name]]] : [])),
  ) as Record<string, string>;
  return { filters, page: { sort: query.sort ?? 'id', descending: query.order === 'desc', backwards: false }, limit };
}

/** A token that nobody here has made is refused; it decides nothing but which rows are looked at. */
function readToken(barrier: Barrier, text: string, names: readonly string[]): Token {
  const opened = openText(barrier, LABEL, text);
  // What was sealed here is JSON; that of another list has other filters.
  const token: unknown = opened === undefined ? undefined : JSON.parse(opened);
  if (isToken(token, names)) return token;
  throw new RootwardError('INVALID_QUERY', {
    message: 'Query parameter pagetoken is not from an answer of this list.',
    target: { type: 'query_param', name: 'pagetoken' },
  });
}

function isToken(token: unknown, names: readonly string[]): token is Token {
  if (typeof token !== 'object' || token === null) return false;
  const { filters, sort, descending, backwards, value, id } = token as Readonly<Record<string, unknown>>;
  if (typeof filters !== 'object' || filters === null || typeof id !== 'string') return false;
  if (!Object.entries(filters).every(([name, text]) => names.includes(name) && typeof text === 'string')) return false;
  if (typeof sort !== 'string' || !SORTS.includes(sort) || typeof descending !== 'boolean' || typeof backwards !== 'boolean') {
    return false;
  }
  const isInstant = sort === 'created_at' || sort === 'modified_at';
  return isInstant ? Number.isSafeInteger(value) : typeof value === 'string';
}

interface Row {
  readonly id: string;
}

/** What a row has in the column that its list is in the order of. */
function placeOf(row: Row, sort: SortColumn): string | number {
  const value: unknown = { ...row }[sort as 'id'];
  return typeof value === 'number' ? value : String(value ?? '');
}

export interface ListSource<R> {
  readonly barrier: Barrier;
  /** Address of the list, without a query. */
  readonly url: URL;
  readonly read: (page: RowPage) => Promise<R[]>;
  readonly filter?: RowFilter | undefined;
}

export interface ListPlaces {
  readonly offset: 0;
  readonly limit: number;
  readonly first: string;
  readonly previous?: string;
  readonly next?: string;
}

/** Reads one page, and says where it is in its list. */
export async function readListPage<R extends Row>(
  { filters, page, limit }: WantedPage,
  { barrier, url, read, filter }: ListSource<R>,
): Promise<{ rows: R[]; places: ListPlaces }> {
  const { rows, more } = await collect(page, limit, read, filter);
  if (page.backwards) rows.reverse();
  const link = (token?: Token): string => {
    const to = new URL(url);
    for (const [name, value] of Object.entries(filters)) to.searchParams.set(name, value);
    to.searchParams.set('pagesize', String(limit));
    if (token) to.searchParams.set('pagetoken', sealText(barrier, LABEL, JSON.stringify(token)));
    else if (page.sort !== 'id') to.searchParams.set('sort', page.sort);
    if (!token && page.descending) to.searchParams.set('order', 'desc');
    return to.href;
  };
  const beside = (row: Row, backwards: boolean): string => {
    const { sort, descending } = page;
    return link({ filters, sort, descending, backwards, value: placeOf(row, sort), id: row.id });
  };
  const before = page.backwards ? more : page.from && rows[0];
  const after = page.backwards ? rows.at(-1) : more;
  return {
    rows,
    places: {
      offset: 0,
      limit,
      first: link(),
      ...(before && { previous: beside(before, true) }),
      ...(after && { next: beside(after, false) }),
    },
  };
}

/** The rows of a page, and the one beside which the next page lies if there may be more. */
async function collect<R extends Row>(
  page: Omit<RowPage, 'limit'>,
  limit: number,
  read: (page: RowPage) => Promise<R[]>,
  filter: RowFilter | undefined,
): Promise<{ rows: R[]; more: R | undefined }> {
  const size = filter ? FILTERED_ROWS : limit + 1;
  const rows: R[] = [];
  let { from } = page;
  for (let reads = 1; ; reads += 1) {
    const found = await read({ ...page, from, limit: size });
    for (const row of found) {
      if (filter && !filter(row)) continue;
      if (rows.length === limit) return { rows, more: rows.at(-1) };
      rows.push(row);
    }
    const last = found.at(-1);
    if (!last || found.length < size) return { rows, more: undefined };
    if (reads === FILTERED_READS) return { rows, more: last };
    from = { value: placeOf(last, page.sort), id: last.id };
  }
}
