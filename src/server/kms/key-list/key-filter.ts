import type { InstanceRow } from '../../../store/instances.ts';
import type { DateCondition, KeyFilter } from '../../../store/kms/key-list.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import { invalidQuery } from './invalid-query.ts';
import { type FilterTerms, parseFilter } from './parse-filter.ts';

const LIVE: readonly KeyRow['state'][] = [0, 1, 2, 3];

export interface FilterQuery {
  readonly state?: string | undefined;
  readonly extractable?: boolean | undefined;
  readonly filter?: string | undefined;
}

/** What a query says of keys, checked, before it is known whose keys they are. */
export interface KeyConditions {
  readonly states: readonly KeyRow['state'][];
  readonly extractable: boolean | undefined;
  readonly dates: readonly DateCondition[];
}

/** Which keys a query means; deleted ones only when state 5 is asked for. Throws INVALID_QUERY. */
export function keyConditions(query: FilterQuery): KeyConditions {
  const terms = parseFilter(query.filter ?? '');
  refuseTwice(query, terms);
  const [extractable = query.extractable] = terms.extractable;
  // Both kinds at once is a kind that no key has.
  const contradicts = terms.extractable.some((wanted) => wanted !== extractable);
  const states = terms.states ?? (query.state === undefined ? LIVE : (query.state.split(',').map(Number) as KeyRow['state'][]));
  return { states: contradicts ? [] : states, extractable, dates: terms.dates };
}

function refuseTwice(query: FilterQuery, terms: FilterTerms): void {
  if (query.state !== undefined && terms.states !== undefined) throw invalidQuery('state', 'is given by filter as well');
  if (query.extractable !== undefined && terms.extractable.length > 0)
    throw invalidQuery('extractable', 'is given by filter as well');
}

export function keyFilter(
  { instance, rings }: { readonly instance: InstanceRow; readonly rings: readonly string[] | undefined },
  conditions: KeyConditions,
  now: number,
): KeyFilter {
  return { instanceId: instance.guid, ...conditions, rings, now };
}
