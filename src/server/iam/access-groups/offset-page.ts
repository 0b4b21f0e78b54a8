const DEFAULT_PAGE = 50;

interface Query {
  readonly limit?: number;
  readonly offset?: number;
}

interface Link {
  readonly href: string;
}

export interface OffsetPlaces {
  readonly limit: number;
  readonly offset: number;
  readonly total_count: number;
  readonly first: Link;
  readonly previous?: Link;
  readonly next?: Link;
  readonly last: Link;
}

export function offsetPage(query: Query): { readonly limit: number; readonly offset: number } {
  return { limit: query.limit ?? DEFAULT_PAGE, offset: query.offset ?? 0 };
}

/** Where a page is in a list of `total`; the links carry the same query. */
export function offsetPlaces(url: URL, query: object & Query, total: number): OffsetPlaces {
  const { limit, offset } = offsetPage(query);
  const link = (to: number): Link => {
    const page = new URL(url);
    for (const [name, value] of Object.entries({ ...query, limit, offset: to })) {
      if (value !== undefined) page.searchParams.set(name, String(value));
    }
    return { href: page.href };
  };
  return {
    limit,
    offset,
    total_count: total,
    first: link(0),
    ...(offset > 0 && { previous: link(Math.max(0, offset - limit)) }),
    ...(offset + limit < total && { next: link(offset + limit) }),
    last: link(total === 0 ? 0 : Math.floor((total - 1) / limit) * limit),
  };
}
