/** RFC 3339 in UTC with whole seconds, as the published clients expect it. */
export function formatInstant(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** Years of four digits: an instant after them has no RFC 3339 text, so no client could read it. */
const FIRST = Date.parse('0000-01-01T00:00:00Z');
const AFTER_LAST = Date.parse('+010000-01-01T00:00:00Z');

/**
 * Milliseconds since 1970 of an RFC 3339 instant, or undefined if it names no real one: `Date` moves 30 February and the hour 24 to
 * another day, and nobody who wrote them meant that.
 */
export function parseInstant(text: string): number | undefined {
  const milliseconds = Date.parse(text);
  if (!(milliseconds >= FIRST && milliseconds < AFTER_LAST)) return undefined;
  const date = text.slice(0, 10);
  const day = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) return undefined;
  return text.slice(11, 13) === '24' ? undefined : milliseconds;
}
