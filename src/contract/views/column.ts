/** One column of a table, or one line of a page about a single thing. Command line and console show the same. */
export interface Column<T> {
  readonly title: string;
  /** Left out of a table in which nothing has a value for it. */
  readonly rare?: boolean;
  /** Free text of any length, which stands last in a table so that the other columns stay together. */
  readonly wide?: boolean;
  /** Empty: there is nothing to say. */
  readonly value: (thing: T) => string;
}

/** `2026-01-31T12:00:00Z` as people read it, still sortable: `2026-01-31 12:00:00 UTC`. */
export function instantText(instant: string | undefined | null): string {
  if (!instant) return '';
  const [, day, time] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?(?:Z|\+00:?00)$/.exec(instant) ?? [];
  return day === undefined ? instant : `${day} ${time} UTC`;
}

export const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
