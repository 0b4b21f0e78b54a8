import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RootwardError } from '../../contract/errors.ts';
import { FUZZ_RUNS } from '../../contract/testkit/fuzz-runs.ts';
import { Barrier } from '../../crypto/barrier.ts';
import { SecretBytes } from '../../crypto/secret-bytes.ts';
import type { RowPage } from '../../store/iam/row-page.ts';
import { parseFilter } from './list-filter.ts';
import { readListPage, wantedPage } from './list-page.ts';
import { sealText } from './sealed-text.ts';

const NAMES = ['name', 'filter'] as const;
const code = (work: () => unknown): string => {
  try {
    work();
    return 'fine';
  } catch (error) {
    if (error instanceof RootwardError) return error.code;
    throw error;
  }
};
const barrier = new Barrier(SecretBytes.random(32));
const token = (value: unknown) => sealText(barrier, 'page-token', JSON.stringify(value));
const good = { filters: { name: 'x' }, sort: 'name', descending: false, backwards: false, value: 'a', id: 'b' };

describe('a page token', () => {
  it('brings along what its list was asked for', () => {
    expect(wantedPage(barrier, { pagetoken: token(good), pagesize: 7, sort: 'created_at' }, NAMES)).toEqual({
      filters: { name: 'x' },
      page: { sort: 'name', descending: false, backwards: false, from: { value: 'a', id: 'b' } },
      limit: 7,
    });
  });

  it.each([
    ['nothing', ''],
    ['too little', 'AAAA'],
    ['what was not sealed here', Buffer.from(JSON.stringify(good), 'utf8').toString('base64url')],
    ['what was sealed for something else', sealText(barrier, 'login-attempt', JSON.stringify(good))],
    ['null', token(null)],
    ['a list', token([])],
    ['a filter that this list has not', token({ ...good, filters: { iam_id: 'x' } })],
    ['a filter that is no text', token({ ...good, filters: { name: 1 } })],
    ['another order', token({ ...good, sort: 'secret_hash' })],
    ['a number where the order is by name', token({ ...good, value: 1 })],
    ['a text where the order is by time', token({ ...good, sort: 'created_at' })],
    ['half an instant', token({ ...good, sort: 'created_at', value: 0.5 })],
    ['no id', token({ ...good, id: undefined })],
  ])('of %s is refused', (_what, pagetoken) => {
    expect(code(() => wantedPage(barrier, { pagetoken }, NAMES))).toBe('INVALID_QUERY');
  });

  it('of any bytes or any JSON is read or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
          fc.json().map((text) => sealText(barrier, 'page-token', text)),
        ),
        (pagetoken) => {
          expect(['fine', 'INVALID_QUERY']).toContain(code(() => wantedPage(barrier, { pagetoken }, NAMES)));
        },
      ),
      { numRuns: FUZZ_RUNS },
    );
  });
});

interface Item {
  readonly id: string;
  readonly name: string;
}

/** What the store does, in memory. */
function pageOf(items: readonly Item[], { sort, descending, backwards, from, limit }: RowPage): Item[] {
  const key = (item: { readonly value: string | number; readonly id: string }) => JSON.stringify([item.value, item.id]);
  const keyed = items.map((item) => ({ item, key: key({ value: item[sort as 'id'], id: item.id }) }));
  const down = descending !== backwards;
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1) * (down ? -1 : 1));
  const start = from === undefined ? undefined : key(from);
  const rest = start === undefined ? keyed : keyed.filter((entry) => (down ? entry.key < start : entry.key > start));
  return rest.slice(0, limit).map(({ item }) => item);
}

describe('pages', () => {
  const items = fc.uniqueArray(fc.record({ id: fc.stringMatching(/^[a-z]{1,6}$/), name: fc.stringMatching(/^[ab]{0,2}$/) }), {
    selector: ({ id }) => id,
    maxLength: 40,
  });

  it('forwards give every item once and in order, and backwards the same again', async () => {
    await fc.assert(
      fc.asyncProperty(
        items,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('id', 'name'),
        fc.constantFrom('asc', 'desc'),
        fc.boolean(),
        async (all, pagesize, sort, order, filtered) => {
          const filter = filtered ? parseFilter('name co "a"', ['name']) : undefined;
          const source = { barrier, url: new URL('http://h/list'), read: async (page: RowPage) => pageOf(all, page), filter };
          const ask = (query: object) => readListPage(wantedPage(barrier, { pagesize, ...query }, NAMES), source);
          const follow = (link: string) => ask({ pagetoken: new URL(link).searchParams.get('pagetoken') ?? '' });
          const pages = [await ask({ sort, order })];
          for (let next = pages[0]?.places.next; next !== undefined; next = pages.at(-1)?.places.next)
            pages.push(await follow(next));
          const descending = order === 'desc';
          const wanted = pageOf(all, { sort: sort as 'id' | 'name', descending, backwards: false, limit: 1000 });
          const expected = wanted.filter((item) => filter?.(item) ?? true);
          expect(pages.flatMap(({ rows }) => rows)).toEqual(expected);
          expect(pages[0]?.places.previous).toBeUndefined();
          const back: Item[][] = [];
          for (let previous = pages.at(-1)?.places.previous; previous !== undefined; ) {
            const page = await follow(previous);
            back.unshift(page.rows);
            previous = page.places.previous;
          }
          expect(back).toEqual(pages.slice(0, -1).map(({ rows }) => rows));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('with a filter end after some reads, and go on from there', async () => {
    const all = Array.from({ length: 6000 }, (_, index) => ({
      id: String(index).padStart(5, '0'),
      name: index === 5999 ? 'last' : '',
    }));
    let reads = 0;
    const read = async (page: RowPage) => {
      reads += 1;
      return pageOf(all, page);
    };
    const filter = parseFilter('name eq "last"', ['name']);
    const source = { barrier, url: new URL('http://h/list'), read, filter };
    const first = await readListPage(wantedPage(barrier, { pagesize: 5 }, NAMES), source);
    expect([first.rows, reads]).toEqual([[], 10]);
    const pagetoken = new URL(first.places.next ?? '').searchParams.get('pagetoken') ?? '';
    expect((await readListPage(wantedPage(barrier, { pagetoken }, NAMES), source)).rows).toEqual([all.at(-1)]);
  });
});

describe('a filter', () => {
  const matches = (text: string, row: object) => parseFilter(text, ['name', 'description'])(row);

  it.each([
    ['name eq "a"', { name: 'a' }, { name: 'A' }],
    ['name ne "a"', { name: 'b' }, { name: 'a' }],
    ['name co "b"', { name: 'abc' }, { name: 'ac' }],
    ['name SW "a"', { name: 'ab' }, { name: 'ba' }],
    ['name ew "a"', { name: 'ba' }, { name: 'ab' }],
    ['name sw "a" and description eq ""', { name: 'a', description: null }, { name: 'a', description: 'x' }],
    [String.raw`name eq "a\"\\b"`, { name: String.raw`a"\b` }, { name: 'ab' }],
  ])('%s', (text, yes, no) => {
    expect([matches(text, yes), matches(text, no)]).toEqual([true, false]);
  });

  it.each([
    '',
    'name',
    'name eq a',
    'name eq "a',
    'name eq "a" or name eq "b"',
    'name eq "a" and',
    'secret_hash eq "a"',
    'name eq "a"x',
  ])('%j is refused', (text) => {
    expect(code(() => parseFilter(text, ['name', 'description']))).toBe('INVALID_QUERY');
  });

  it('of any text is read or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^(name|x) (eq|co) "[a"\\]*"( and name eq "b")*$/)), (text) => {
        expect(['fine', 'INVALID_QUERY']).toContain(code(() => parseFilter(text, ['name'])));
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
