import type { SortTerm } from '../../../store/kms/key-list.ts';
import { invalidQuery } from './invalid-query.ts';

/** Property of a key as the API names it → what it is sorted by. */
const SORTABLE: ReadonlyMap<string, SortTerm['by']> = new Map([
  ['id', 'id'],
  ['state', 'state'],
  ['extractable', 'extractable'],
  ['imported', 'imported'],
  ['creationDate', 'created_at'],
  ['lastUpdateDate', 'updated_at'],
  ['lastRotateDate', 'rotated_at'],
  ['deletionDate', 'deleted_at'],
  ['expirationDate', 'expires_at'],
]);

/** `sort`: properties with commas between, each descending after a `-`. No property at all is the default order, by id. */
export function parseSort(text: string): SortTerm[] {
  if (text === '') return [];
  const terms = text.split(',').map((term): SortTerm => {
    const descending = term.startsWith('-');
    const by = SORTABLE.get(descending ? term.slice(1) : term);
    if (by === undefined) throw invalidQuery('sort', `takes a comma list of ${[...SORTABLE.keys()].join(', ')}`);
    return { by, descending };
  });
  if (new Set(terms.map(({ by }) => by)).size < terms.length) throw invalidQuery('sort', 'names a property twice');
  return terms;
}
