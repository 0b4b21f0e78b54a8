import type { FoundItem } from '../../../contract/search/find.ts';
import type { Condition } from './parse-query.ts';
import { ANY, foldText, ONE, type Pattern } from './tokens.ts';

/** Where a value without a field is looked for. */
const KNOWN_BY = ['name', 'crn', 'tags'] as const;

export function matches(document: FoundItem, condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
      return true;
    case 'term': {
      const fields = condition.field === undefined ? KNOWN_BY : [condition.field];
      return fields.some((field) => valuesAt(document, field).some((value) => matchesPattern(condition.pattern, value)));
    }
    case 'and':
      return condition.parts.every((part) => matches(document, part));
    case 'or':
      return condition.parts.some((part) => matches(document, part));
    case 'not':
      return !matches(document, condition.part);
  }
}

/** The values at a dotted place: one, several where it is a list, or none. */
export function valuesAt(document: FoundItem, field: string): string[] {
  let value: unknown = document;
  for (const name of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return (Array.isArray(value) ? value : [value]).flatMap((one) =>
    typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? [String(one)] : [],
  );
}

/** Whole and without regard to case. Time is bounded by the product of the lengths, so a hostile pattern cannot stall a search. */
export function matchesPattern(pattern: Pattern, value: string): boolean {
  const text = foldText(value);
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === ANY) {
      star = p;
      resume = t;
      p += 1;
    } else if (p < pattern.length && (pattern[p] === ONE || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      resume += 1;
      t = resume;
      p = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[p] === ANY) p += 1;
  return p === pattern.length;
}
