import { RootwardError } from '../../contract/errors.ts';
import type { Io } from '../io.ts';
import { renderPage, renderTable } from './table.ts';
import type { View } from './view.ts';

export const FORMATS = ['table', 'json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

/** Clients of the other command line write `--output JSON`. Throws USAGE. */
export function parseFormat(text: string): Format {
  const format = FORMATS.find((known) => known === text.toLowerCase());
  if (format) return format;
  throw new RootwardError('USAGE', { message: `There is no output format ${text}.`, hint: `Formats are ${FORMATS.join(', ')}.` });
}

/** What the API calls its resource(s): the answer without the envelope around it. */
export function resourcesOf(answer: unknown, view: View | undefined): unknown {
  const items = view?.items === undefined ? answer : (answer as Record<string, unknown> | undefined)?.[view.items];
  return view?.single && Array.isArray(items) ? items[0] : items;
}

/** Writes an answer to stdout. JSON and YAML are the API's own resources, never reshaped. */
export async function printAnswer(answer: unknown, view: View | undefined, format: Format, io: Pick<Io, 'out' | 'err'>) {
  const shown = resourcesOf(answer, view);
  if (shown === undefined) return;
  if (format === 'json') io.out(`${JSON.stringify(shown, null, 2)}\n`);
  else if (format === 'yaml') io.out((await import('yaml')).stringify(shown));
  else if (Array.isArray(shown) && shown.length === 0 && view?.none !== undefined) io.err(`${view.none}\n`);
  else io.out(view ? asTable(shown, view) : asFields(shown));
}

function asTable(shown: unknown, { columns }: View): string {
  if (!Array.isArray(shown)) return renderPage(columns.map(({ title, value }) => [title, value(shown)]));
  const used = columns
    .filter(({ rare, value }) => !rare || shown.some((thing) => value(thing) !== ''))
    .sort((a, b) => Number(a.wide ?? false) - Number(b.wide ?? false));
  return renderTable(
    used.map(({ title }) => title),
    shown.map((thing) => used.map(({ value }) => value(thing))),
  );
}

function asFields(shown: unknown): string {
  if (typeof shown !== 'object' || shown === null) return `${String(shown)}\n`;
  return renderPage(Object.entries(shown).map(([name, value]) => [name, textOf(value)]));
}

const textOf = (value: unknown) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? ''));
