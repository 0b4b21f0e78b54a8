import type { CatalogEntry } from '../../../contract/catalog/entry.ts';

const DEFAULT_LIMIT = 50;
const FIELD = /^(name|id|kind|active|tag|parent):(.*)$/s;

export interface CatalogQuestion {
  readonly q?: string | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly _limit?: number | undefined;
  readonly _offset?: number | undefined;
}

/** The part of `entries` that is asked for. `path` is where the list itself is. */
export function pageOfEntries(entries: readonly CatalogEntry[], question: CatalogQuestion, path: string) {
  const limit = question._limit ?? question.limit ?? DEFAULT_LIMIT;
  const offset = question._offset ?? question.offset ?? 0;
  const found = entries.filter((entry) => matches(entry, question.q ?? ''));
  const resources = found.slice(offset, offset + limit);
  const urlAt = (from: number): string => {
    const parameters = new URLSearchParams({ _limit: String(limit), _offset: String(from) });
    if (question.q) parameters.set('q', question.q);
    return `${path}?${parameters.toString()}`;
  };
  return {
    offset,
    limit,
    count: found.length,
    resource_count: resources.length,
    first: urlAt(0),
    ...(offset > 0 && { prev: urlAt(Math.max(0, offset - limit)) }),
    ...(offset + limit < found.length && { next: urlAt(offset + limit) }),
    last: urlAt(Math.floor(Math.max(0, found.length - 1) / limit) * limit),
    resources,
  };
}

/** Every word of the question has to fit. */
function matches(entry: CatalogEntry, question: string): boolean {
  return question
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .every((word) => matchesWord(entry, word));
}

function matchesWord(entry: CatalogEntry, word: string): boolean {
  const [, field, value = ''] = FIELD.exec(word) ?? [];
  const { display_name, description } = entry.overview_ui.en;
  switch (field) {
    case 'name':
      return entry.name.toLowerCase() === value;
    case 'id':
      return entry.id.toLowerCase() === value;
    case 'kind':
      return entry.kind === value;
    case 'active':
      return String(entry.active) === value;
    case 'tag':
      return entry.tags.includes(value);
    case 'parent':
      return entry.parent_id?.toLowerCase() === value;
    default:
      return [entry.name, entry.id, display_name, description].some((text) => text.toLowerCase().includes(word));
  }
}
