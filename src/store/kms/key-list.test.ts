import { expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { onBothEngines, openAlone } from '../testkit/test-store.ts';
import { countKeys, findKeys, type KeyFilter, listKeyNames, listKeys, pageOfKeysQuery, type SortTerm } from './key-list.ts';
import type { KeyRow, StoredKey } from './keys.ts';

type Row = StoredKey['unproven'];

const NOW = 1_767_323_045_000;
const HERE: KeyFilter = { instanceId: 'here', states: [0, 1, 2, 3, 5], now: NOW };
const ALL = { limit: 1000, offset: 0 };
const BY: readonly SortTerm['by'][] = [
  'id',
  'state',
  'extractable',
  'imported',
  'created_at',
  'updated_at',
  'rotated_at',
  'deleted_at',
  'expires_at',
];

function row(id: string, fields: Partial<Row> = {}): Row {
  return {
    id,
    instance_id: 'here',
    account_id: 'a',
    key_ring_id: 'default',
    name: `name of ${id}`,
    description: null,
    tags: '[]',
    extractable: 0,
    imported: 0,
    state: 1,
    current_version_id: id,
    created_at: NOW - 1000,
    created_by: 'me',
    updated_at: null,
    rotated_at: null,
    state_changed_at: NOW,
    expires_at: null,
    deleted_at: null,
    deleted_by: null,
    deletion_authorized_by: null,
    deletion_authorized_at: null,
    mac: null,
    ...fields,
  };
}

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

async function fill(store: Store, rows: readonly Row[]): Promise<void> {
  await store.change(['keys'], async (tx) => {
    for (const one of rows) await tx.insertInto('keys').values(one).execute();
  });
}

const ids = (rows: readonly { readonly id: string }[]) => rows.map((one) => one.id);
const idsOf = (found: readonly StoredKey[]) => ids(found.map(({ unproven }) => unproven));

/** Thirty keys in which every property has a few values, and every date is absent from some. */
function mixed(): Row[] {
  return Array.from({ length: 30 }, (_, n) => {
    // Neither the order of making nor that of ids is the order of any date.
    const date = (step: number) => (n % step === 0 ? null : NOW + ((n * 7) % 5) * 1000);
    return row(id((n * 11) % 30), {
      state: ([1, 2, 3, 5] as const)[n % 4] ?? 1,
      extractable: n % 2,
      imported: n % 3 === 0 ? 1 : 0,
      created_at: NOW - ((n * 13) % 7) * 1000,
      updated_at: date(2),
      rotated_at: date(3),
      deleted_at: date(4),
      expires_at: n % 5 === 0 ? null : NOW + ((n % 3) - 1) * 1000,
    });
  });
}

onBothEngines('the list of keys', (open) => {
  it('has the same order on each engine: what is absent comes last, up and down, and the id decides between equals', async () => {
    await using store = await open();
    const rows = mixed();
    await fill(store, rows);
    const stateOf = ({ state, expires_at }: Row) => (state < 3 && expires_at !== null && expires_at <= NOW ? 3 : state);
    const valueIn = (one: Row, by: SortTerm['by']) => (by === 'state' ? stateOf(one) : one[by]);
    for (const by of BY) {
      for (const descending of [false, true]) {
        const wanted = [...rows].sort((a, b) => {
          const [left, right] = [valueIn(a, by), valueIn(b, by)];
          const sign = descending ? -1 : 1;
          if (left === null || right === null) {
            if (left !== right) return left === null ? 1 : -1;
          } else if (left !== right) return left < right ? -sign : sign;
          return a.id < b.id ? -sign : sign;
        });
        expect(idsOf(await listKeys(store.db, HERE, ALL, [{ by, descending }])), `${by} ${descending}`).toEqual(ids(wanted));
      }
    }
  });

  it('in pages neither skips nor repeats a key, in any order', async () => {
    await using store = await open();
    const rows = mixed();
    await fill(store, rows);
    for (const by of BY) {
      const sort = [{ by, descending: true }];
      const pages: string[] = [];
      for (let offset = 0; offset < rows.length; offset += 7) {
        pages.push(...idsOf(await listKeys(store.db, HERE, { limit: 7, offset }, sort)));
      }
      expect(new Set(pages).size, by).toBe(rows.length);
      expect(pages).toEqual(idsOf(await listKeys(store.db, HERE, ALL, sort)));
      expect(ids(await listKeyNames(store.db, HERE, 7, sort))).toEqual(pages.slice(0, 7));
    }
  });

  it('by several properties goes by the first, and by the next where it is the same', async () => {
    await using store = await open();
    await fill(store, mixed());
    const sort = [
      { by: 'extractable', descending: true },
      { by: 'created_at', descending: false },
    ] as const;
    const rows = await listKeys(store.db, HERE, ALL, sort);
    const seen = rows.map(({ unproven: { extractable, created_at } }) => [-extractable, created_at]);
    expect(seen).toEqual([...seen].sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d));
    // Nothing comes after the id: it is the same for no two keys.
    const byId = await listKeys(store.db, HERE, ALL, [{ by: 'id', descending: true }, ...sort]);
    expect(idsOf(byId)).toEqual(idsOf(byId).sort().reverse());
  });

  it('takes a key whose expiry has come for a Deactivated one, written or not', async () => {
    await using store = await open();
    await fill(store, [
      row(id(1), { state: 1, expires_at: NOW }),
      row(id(2), { state: 2, expires_at: NOW - 1 }),
      row(id(3), { state: 1, expires_at: NOW + 1 }),
      row(id(4), { state: 3, expires_at: NOW - 1 }),
      row(id(5), { state: 5, expires_at: NOW - 1 }),
      row(id(6), { state: 2 }),
    ]);
    const withStates = async (...states: KeyRow['state'][]) => {
      const filter = { ...HERE, states };
      const found = await listKeys(store.db, filter, ALL);
      expect(await countKeys(store.db, filter)).toBe(found.length);
      return found.map(({ unproven }) => Number(unproven.id.slice(-1)));
    };
    expect(await withStates(1)).toEqual([3]);
    expect(await withStates(2)).toEqual([6]);
    expect(await withStates(3)).toEqual([1, 2, 4]);
    expect(await withStates(5)).toEqual([5]);
    expect(await withStates(2, 3)).toEqual([1, 2, 4, 6]);
    expect(await withStates(0, 1, 2, 3)).toEqual([1, 2, 3, 4, 6]);
    expect(await withStates()).toEqual([]);
  });

  it('has keys of the instance only, of the key rings that are meant, and by their dates', async () => {
    await using store = await open();
    await fill(store, [
      row(id(1), { key_ring_id: 'a', rotated_at: NOW }),
      row(id(2), { key_ring_id: 'b', rotated_at: NOW + 1 }),
      row(id(3), { key_ring_id: 'c' }),
      row(id(4), { instance_id: 'elsewhere', key_ring_id: 'a', rotated_at: NOW }),
    ]);
    const find = async (more: Partial<KeyFilter>) =>
      (await listKeys(store.db, { ...HERE, ...more }, ALL)).map(({ unproven }) => Number(unproven.id.slice(-1)));
    expect(await find({})).toEqual([1, 2, 3]);
    expect(await find({ rings: ['a'] })).toEqual([1]);
    expect(await find({ rings: ['c', 'a'] })).toEqual([1, 3]);
    expect(await find({ rings: [] })).toEqual([]);
    expect(await find({ dates: [{ date: 'rotated_at', absent: true }] })).toEqual([3]);
    expect(await find({ dates: [{ date: 'rotated_at', from: NOW + 1 }] })).toEqual([2]);
    expect(await find({ dates: [{ date: 'rotated_at', before: NOW + 1 }] })).toEqual([1]);
    expect(await find({ dates: [{ date: 'rotated_at', from: NOW, before: NOW }] })).toEqual([]);
    expect(idsOf(await findKeys(store.db, 'here', [id(3), id(4), id(1)]))).toEqual([id(3), id(1)]);
  });
});

it('a page by id is read from an index, whole or in a key ring: nothing is sorted, as the planner of SQLite says', async () => {
  await using store = await openAlone('sqlite');
  const plan = async (filter: KeyFilter, sort: readonly SortTerm[] = []): Promise<string> => {
    const compiled = pageOfKeysQuery(store.db, filter, { limit: 200, offset: 0 }, sort).compile();
    const sql = `EXPLAIN QUERY PLAN ${compiled.sql}`;
    const { rows } = await store.db.executeQuery<{ detail: string }>({ ...compiled, sql });
    return rows.map(({ detail }) => detail).join('; ');
  };
  const live: KeyFilter = { ...HERE, states: [0, 1, 2, 3] };
  expect(await plan(live)).toBe('SEARCH keys USING COVERING INDEX keys_by_instance (instance_id=?)');
  expect(await plan({ ...live, states: [1], extractable: false })).toBe(
    'SEARCH keys USING COVERING INDEX keys_by_instance (instance_id=?)',
  );
  expect(await plan({ ...live, rings: ['payments'] })).toBe(
    'SEARCH keys USING COVERING INDEX keys_by_ring (instance_id=? AND key_ring_id=?)',
  );
  for (const descending of [false, true]) {
    expect(await plan(live, [{ by: 'id', descending }])).not.toContain('TEMP B-TREE');
    const byCreation = await plan(live, [{ by: 'created_at', descending }]);
    expect(byCreation).toBe('SEARCH keys USING INDEX keys_by_creation (instance_id=?)');
  }
  // A filter by date needs no other index either, and no row is read to count.
  const dates = [{ date: 'rotated_at', absent: true }] as const;
  expect(await plan({ ...live, dates })).toBe('SEARCH keys USING COVERING INDEX keys_by_instance (instance_id=?)');
  expect(await plan({ ...live, rings: ['payments'], dates })).toBe(
    'SEARCH keys USING INDEX keys_by_ring (instance_id=? AND key_ring_id=?)',
  );
  // What has no index is sorted: the claim above would not hold for every query.
  expect(await plan(live, [{ by: 'rotated_at', descending: false }])).toContain('TEMP B-TREE');
});
