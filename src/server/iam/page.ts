/** The last id of the previous page, from the opaque token that the previous answer carried; '' for the first page. */
export function startOfPage(token: string | undefined): string {
  return token === undefined ? '' : Buffer.from(token, 'base64url').toString('utf8');
}

/** Where the next page is, if the rows read (one more than shown) say that there is one. */
export function nextPage(url: string, rows: readonly { readonly id: string }[], limit: number): string | undefined {
  const last = rows[limit - 1];
  if (rows.length <= limit || !last) return undefined;
  const next = new URL(url);
  next.searchParams.set('pagesize', String(limit));
  next.searchParams.set('pagetoken', Buffer.from(last.id, 'utf8').toString('base64url'));
  return next.href;
}

export const DEFAULT_PAGE = 20;
