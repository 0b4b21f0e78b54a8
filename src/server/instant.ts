/** RFC 3339 in UTC with whole seconds, as the published clients expect it. */
export function formatInstant(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** Milliseconds since 1970 of an RFC 3339 instant, or undefined if it names no real one. */
export function parseInstant(text: string): number | undefined {
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
