import { type ExpressionBuilder, expressionBuilder, type SelectQueryBuilder } from 'kysely';
import type { Db, Tx } from '../store.ts';
import type { Tables } from '../tables.ts';
import type { KeyRow, StoredKey } from './keys.ts';

/** The dates of a key, by their columns. Only the first is never absent. */
export type KeyDate = 'created_at' | 'updated_at' | 'rotated_at' | 'deleted_at' | 'expires_at';

/** A date from one instant on and before another (ms since 1970), or one that is absent. */
export type DateCondition =
  | { readonly date: KeyDate; readonly from?: number; readonly before?: number; readonly absent?: undefined }
  | { readonly date: KeyDate; readonly absent: true };

/** Which keys of an instance are meant: all conditions hold. */
export interface KeyFilter {
  readonly instanceId: string;
  readonly states: readonly KeyRow['state'][];
  readonly extractable?: boolean | undefined;
  /** Only in these key rings. */
  readonly rings?: readonly string[] | undefined;
  readonly dates?: readonly DateCondition[] | undefined;
  /** Now, for keys whose expiry has come but is not written yet: their state is what it will be. */
  readonly now: number;
}

export interface SortTerm {
  readonly by: 'id' | 'state' | 'extractable' | 'imported' | KeyDate;
  readonly descending: boolean;
}

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/**
 * A page of an instance's keys. Keys without the date that they are sorted by come last in both directions, on both engines. The
 * id decides between equals, so that pages neither skip nor repeat; by id alone the page is read from an index.
 */
export async function listKeys(db: Db | Tx, filter: KeyFilter, page: Page, sort: readonly SortTerm[] = []): Promise<StoredKey[]> {
  const ids = await pageOfKeysQuery(db, filter, page, sort).execute();
  return findKeys(
    db,
    filter.instanceId,
    ids.map(({ id }) => id),
  );
}

/** The ids alone: the rows of keys before the page, and of those that are sorted, need not be read. */
export function pageOfKeysQuery(db: Db | Tx, filter: KeyFilter, page: Page, sort: readonly SortTerm[] = []) {
  return sorted(filtered(db, filter).select('id'), sort, filter.now).limit(page.limit).offset(page.offset);
}

/** What a search looks at, in order, for at most `limit` keys. */
export function listKeyNames(
  db: Db | Tx,
  filter: KeyFilter,
  limit: number,
  sort: readonly SortTerm[],
): Promise<Pick<KeyRow, 'id' | 'name'>[]> {
  return sorted(filtered(db, filter).select(['id', 'name']), sort, filter.now)
    .limit(limit)
    .execute();
}

/** These keys of an instance, in the order of `ids`; those that are gone are left out. */
export async function findKeys(db: Db | Tx, instanceId: string, ids: readonly string[]): Promise<StoredKey[]> {
  const found = new Map<string, StoredKey>();
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const some = ids.slice(start, start + AT_ONCE);
    const rows = await db.selectFrom('keys').selectAll().where('instance_id', '=', instanceId).where('id', 'in', some).execute();
    for (const row of rows) found.set(row.id, { unproven: row });
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** Key ids per query: engines bound how many parameters one may have. */
const AT_ONCE = 500;

export async function countKeys(db: Db | Tx, filter: KeyFilter): Promise<number> {
  const row = await filtered(db, filter)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return Number(row.total);
}

function filtered(db: Db | Tx, { instanceId, states, extractable, rings, dates = [], now }: KeyFilter) {
  let query = db.selectFrom('keys').where('instance_id', '=', instanceId).where(hasState(states, now));
  if (extractable !== undefined) query = query.where('extractable', '=', extractable ? 1 : 0);
  if (rings) query = rings.length === 1 ? query.where('key_ring_id', '=', rings[0] ?? '') : query.where(isOneOf(rings));
  for (const condition of dates) {
    if (condition.absent) {
      query = query.where(condition.date, 'is', null);
      continue;
    }
    const { date, from, before } = condition;
    if (from !== undefined) query = query.where(date, '>=', from);
    if (before !== undefined) query = query.where(date, '<', before);
  }
  return query;
}

type Eb = ExpressionBuilder<Tables, 'keys'>;

function isOneOf(rings: readonly string[]) {
  // An empty list is not SQL; no ring means no key.
  return (eb: Eb) => (rings.length === 0 ? eb.lit(false) : eb('key_ring_id', 'in', [...rings]));
}

function hasState(states: readonly KeyRow['state'][], now: number) {
  return (eb: Eb) => {
    if (states.length === 0) return eb.lit(false);
    // Expiry makes a key that is stored as 1 or 2 one of 3: where all three are asked for, it makes no difference.
    const ignoresExpiry = ([1, 2, 3] as const).every((state) => states.includes(state));
    return eb(ignoresExpiry ? eb.ref('state') : stateAt(now), 'in', [...states]);
  };
}

/** The state of a key as it is at `now`, whether or not its expiry is written yet. */
function stateAt(now: number) {
  const eb = expressionBuilder<Tables, 'keys'>();
  return eb
    .case()
    .when(eb.and([eb('state', 'in', [1, 2]), eb('expires_at', '<=', now)]))
    .then(eb.lit(3))
    .else(eb.ref('state'))
    .end();
}

type Selection<O> = SelectQueryBuilder<Tables, 'keys', O>;

function sorted<O>(query: Selection<O>, sort: readonly SortTerm[], now: number): Selection<O> {
  let ordered = query;
  let last = false;
  for (const { by, descending } of sort) {
    last = descending;
    if (by === 'id') break;
    const column = by === 'state' ? stateAt(now) : by;
    ordered = ordered.orderBy(column, (order) => {
      const directed = descending ? order.desc() : order.asc();
      // Only where a date may be absent: an index gives the others in order.
      return by in MAY_BE_ABSENT ? directed.nullsLast() : directed;
    });
  }
  // In the direction of the term before it, so that an index on both can be read backwards.
  return ordered.orderBy('id', last ? 'desc' : 'asc');
}

const MAY_BE_ABSENT: Readonly<Partial<Record<SortTerm['by'], true>>> = {
  updated_at: true,
  rotated_at: true,
  deleted_at: true,
  expires_at: true,
};
