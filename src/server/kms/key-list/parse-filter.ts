import { INSTANT } from '../../../contract/keys/key.ts';
import type { DateCondition, KeyDate } from '../../../store/kms/key-list.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import { parseInstant } from '../../instant.ts';
import { invalidQuery } from './invalid-query.ts';

/** What all terms of a filter say together. */
export interface FilterTerms {
  /** Undefined: the filter says nothing of states. Empty: it asks for what no key can be. */
  readonly states: readonly KeyRow['state'][] | undefined;
  readonly extractable: readonly boolean[];
  readonly dates: readonly DateCondition[];
}

const MAX_USES = 3;
const STATES = /^[01235](,[01235])*$/;
const DATE_VALUE = /^(?:(lte?|gte?):)?"([^"]*)"$/;
const RFC_3339 = new RegExp(INSTANT);
const DATES: ReadonlyMap<string, KeyDate> = new Map([
  ['creationDate', 'created_at'],
  ['deletionDate', 'deleted_at'],
  ['expirationDate', 'expires_at'],
  ['lastRotateDate', 'rotated_at'],
  ['lastUpdateDate', 'updated_at'],
]);

/** `filter`: terms `property=value` with spaces between, also before and after. A filter without terms leaves nothing out. */
export function parseFilter(text: string): FilterTerms {
  const uses = new Map<string, number>();
  const extractable: boolean[] = [];
  const dates: DateCondition[] = [];
  let states: readonly KeyRow['state'][] | undefined;
  for (const term of text.split(' ')) {
    if (term === '') continue;
    const { property, value } = splitTerm(term);
    const used = (uses.get(property) ?? 0) + 1;
    if (used > MAX_USES) throw invalidQuery('filter', `takes each property at most ${MAX_USES} times`);
    uses.set(property, used);
    const date = DATES.get(property);
    if (date) dates.push(dateCondition(date, value));
    else if (property === 'extractable') extractable.push(yesOrNo(value));
    else if (property === 'state') states = common(states, statesIn(value));
    else throw invalidQuery('filter', `knows the properties ${[...DATES.keys(), 'extractable', 'state'].join(', ')}`);
  }
  return { states, extractable, dates };
}

function splitTerm(term: string): { property: string; value: string } {
  const equals = term.indexOf('=');
  if (equals === -1) throw invalidQuery('filter', 'has a term without =');
  return { property: term.slice(0, equals), value: term.slice(equals + 1) };
}

function yesOrNo(value: string): boolean {
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  throw invalidQuery('filter', 'takes true or false for extractable');
}

function statesIn(value: string): KeyRow['state'][] {
  if (!STATES.test(value)) throw invalidQuery('filter', 'takes a comma list of 0, 1, 2, 3 and 5 for state');
  return value.split(',').map(Number) as KeyRow['state'][];
}

/** Terms hold together: of two lists of states those that are in both. */
function common(some: readonly KeyRow['state'][] | undefined, others: readonly KeyRow['state'][]): readonly KeyRow['state'][] {
  return some ? some.filter((state) => others.includes(state)) : others;
}

/**
 * Dates are compared as the API shows them, in whole seconds: what a list shows can be asked for. `none` is a date that is absent.
 */
function dateCondition(date: KeyDate, value: string): DateCondition {
  if (/^none$/i.test(value)) return { date, absent: true };
  const parts = DATE_VALUE.exec(value);
  const at = parts && instant(parts[2] ?? '');
  if (parts === null || at === undefined || at === null) {
    throw invalidQuery('filter', 'takes an RFC 3339 date in double quotes, with lt:, lte:, gt: or gte: before it, or none');
  }
  const second = Math.floor(at / 1000) * 1000;
  const isWhole = second === at;
  const next = second + 1000;
  switch (parts[1]) {
    case 'lt':
      return { date, before: isWhole ? second : next };
    case 'lte':
      return { date, before: next };
    case 'gt':
      return { date, from: next };
    case 'gte':
      return { date, from: isWhole ? second : next };
    default:
      // No date that is shown has a fraction of a second.
      return isWhole ? { date, from: second, before: next } : { date, from: next, before: next };
  }
}

function instant(text: string): number | undefined {
  return RFC_3339.test(text) ? parseInstant(text) : undefined;
}
