import type { FoundItem } from '../../../contract/search/find.ts';

/**
 * The parts of a document that are asked for: whole fields, or places inside `doc`; the CRN always. Absent, or `*`: all of it, because
 * those who look for instances read `doc` without asking for it.
 */
export function pickFields(document: FoundItem, fields: readonly string[] | undefined): FoundItem {
  if (fields === undefined || fields.length === 0 || fields.includes('*')) return document;
  const picked: Record<string, unknown> = { crn: document.crn };
  for (const field of fields) copyAt(document as Readonly<Record<string, unknown>>, picked, field.split('.'));
  return picked as FoundItem;
}

function copyAt(from: Readonly<Record<string, unknown>>, to: Record<string, unknown>, path: readonly string[]): void {
  const [name = '', ...rest] = path;
  if (!Object.hasOwn(from, name)) return;
  const value = from[name];
  if (rest.length === 0) {
    to[name] = value;
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const inner = Object.hasOwn(to, name) ? to[name] : {};
  // Asked for as a whole already.
  if (inner === value) return;
  to[name] = inner;
  copyAt(value as Readonly<Record<string, unknown>>, inner as Record<string, unknown>, rest);
}
