import { type SelectQueryBuilder, sql } from 'kysely';
import type { Tables } from '../tables.ts';

export type SortColumn = 'id' | 'name' | 'description' | 'created_at' | 'modified_at' | 'created_by';

/** A part of a list, in the order of a column; rows that are alike there are in the order of their ids. */
export interface RowPage {
  readonly sort: SortColumn;
  readonly descending: boolean;
  /** The row beside which the page lies: what it has in `sort`, and its id. Absent: the page begins with the list. */
  readonly from?: { readonly value: string | number; readonly id: string } | undefined;
  /** The page ends before `from` instead of beginning after it; its rows then come last one first. */
  readonly backwards: boolean;
  readonly limit: number;
}

/** Narrows a query to a page. `sort` has to be a column of its table. */
export function inOrder<T extends keyof Tables, O>(
  query: SelectQueryBuilder<Tables, T, O>,
  page: RowPage,
): SelectQueryBuilder<Tables, T, O> {
  const { sort, from } = page;
  const down = page.descending !== page.backwards;
  const id = sql.ref('id');
  const column = sort === 'description' ? sql`coalesce(${sql.ref(sort)}, '')` : sql.ref(sort);
  const keys = sort === 'id' ? [id] : [column, id];
  let ordered = query.limit(page.limit);
  for (const key of keys) ordered = ordered.orderBy(key, down ? 'desc' : 'asc');
  if (!from) return ordered;
  const values = sort === 'id' ? [from.id] : [from.value, from.id];
  const [left, right] = [sql.join(keys), sql.join(values)];
  return ordered.where(down ? sql<boolean>`(${left}) < (${right})` : sql<boolean>`(${left}) > (${right})`);
}
