import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { type KeyHttp, openKeyHttp, reasonOf } from '../testkit/key-http.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

let scene: KeyScene;
let http: KeyHttp;
let made: Record<string, string>;
beforeAll(async () => {
  scene = await openKeyScene();
  http = openKeyHttp(scene);
  const keys: Record<string, object> = {
    'Payments-Root': { aliases: ['pay', 'till'] },
    'payments-old': {},
    readable: { extractable: true, aliases: ['PAY-standard'] },
    'not:yet': {},
    short: { expirationDate: new Date(scene.server.clock.now() + 5_000).toISOString() },
    gone: {},
  };
  made = {};
  for (const [name, fields] of Object.entries(keys)) {
    made[name] = (await scene.addKey({ name, ...fields })).id;
    scene.server.clock.advance(1000);
  }
  await scene.call(disableKey, made['payments-old'] ?? '');
  await scene.call(rotateKey, made['Payments-Root'] ?? '');
  await scene.call(deleteKey, made.gone ?? '');
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

const query = (parameters: Readonly<Record<string, string>>) => `/keys?${new URLSearchParams(parameters)}`;

async function names(parameters: Readonly<Record<string, string>>): Promise<unknown[]> {
  const list = await http.send('GET', query(parameters));
  expect([list.status, list.body.metadata.collectionTotal]).toEqual([200, list.body.resources.length]);
  const head = await http.send('HEAD', query(parameters));
  expect([head.status, head.headers['key-total'], head.text]).toEqual([200, String(list.body.resources.length), '']);
  return list.body.resources.map(({ name }) => String(name)).sort();
}

const LIVE = ['Payments-Root', 'not:yet', 'payments-old', 'readable', 'short'];
const second = (text: unknown) => String(text).slice(0, 19);

describe('a list and its head', () => {
  it('have no deleted keys, unless state 5 is asked for; states may come as Node writes them', async () => {
    expect(await names({})).toEqual(LIVE);
    expect(await names({ state: '1,5' })).toEqual(['Payments-Root', 'gone', 'not:yet', 'readable']);
    const encoded = await http.send('GET', '/keys?state=2%2C3&extractable=False');
    expect(new Set(encoded.body.resources.map(({ state }) => state))).toEqual(new Set([2, 3]));
  });

  it.each([
    ['pay', ['Payments-Root', 'payments-old', 'readable']],
    ['PAY,', ['Payments-Root', 'payments-old', 'readable']],
    ['name:pay', ['Payments-Root', 'payments-old']],
    ['alias:pay', ['Payments-Root', 'readable']],
    ['exact:pay', ['Payments-Root']],
    ['exact:alias:TILL', ['Payments-Root']],
    ['exact:payments', []],
    ['not:pay', ['not:yet', 'short']],
    ['not:exact:pay', ['not:yet', 'payments-old', 'readable', 'short']],
    ['not:name:pay', ['not:yet', 'readable', 'short']],
    ['escape:not:', ['not:yet']],
    ['gone', []],
    ['nothing has this', []],
  ])('search %s finds %j', async (search, found) => {
    expect(await names({ search })).toEqual(found);
  });

  it('search a key by its id, whatever the scope; and a deleted one where its state is asked for', async () => {
    const { short = '' } = made;
    expect(await names({ search: short })).toEqual(['short']);
    expect(await names({ search: `alias:${short.toUpperCase()}` })).toEqual(['short']);
    expect(await names({ search: `not:${short}` })).toEqual(LIVE.filter((name) => name !== 'short'));
    // A part of an id is no id.
    expect(await names({ search: short.slice(0, 13) })).toEqual([]);
    expect(await names({ search: 'gone', state: '5' })).toEqual(['gone']);
  });

  it('say how a search was understood, and only then', async () => {
    const found = await http.send('GET', query({ search: 'exact:not:alias:pay,' }));
    expect(found.body.metadata).toEqual({
      collectionType: 'application/vnd.ibm.kms.key+json',
      collectionTotal: found.body.resources.length,
      searchQuery: { query: 'pay', scopes: ['alias'], not: true, exact: true },
    });
    const plain = await http.send('GET', query({ search: 'pay' }));
    expect(plain.body.metadata.searchQuery).toEqual({ query: 'pay', scopes: ['name', 'alias'] });
    expect(Object.keys((await http.send('GET', '/keys')).body.metadata)).toEqual(['collectionType', 'collectionTotal']);
  });

  it('filter by state, kind and date, alone and together', async () => {
    expect(await names({ filter: ' state=2,3' })).toEqual(['payments-old', 'short']);
    expect(await names({ filter: 'state=5' })).toEqual(['gone']);
    expect(await names({ filter: 'extractable=TRUE' })).toEqual(['readable']);
    expect(await names({ filter: 'extractable=true extractable=false' })).toEqual([]);
    expect(await names({ filter: 'lastRotateDate=none extractable=false state=1' })).toEqual(['not:yet']);
    expect(await names({ filter: 'expirationDate=none', search: 's' })).toEqual(['Payments-Root', 'payments-old', 'readable']);
    expect(await names({ filter: ' ' })).toEqual(LIVE);
  });

  it('filter by the dates that the list shows', async () => {
    const { body } = await http.send('GET', '/keys?sort=creationDate');
    const [first, next] = body.resources;
    const at = `"${first?.creationDate}"`;
    expect(await names({ filter: `creationDate=${at}` })).toEqual([first?.name]);
    expect(await names({ filter: `creationDate=lte:${at}` })).toEqual([first?.name]);
    expect(await names({ filter: `creationDate=lt:${at}` })).toEqual([]);
    expect(await names({ filter: `creationDate=gt:${at}` })).toEqual(LIVE.filter((name) => name !== first?.name));
    const later = `"${second(next?.creationDate)}.000000001+00:00"`;
    expect(await names({ filter: `creationDate=gte:${at} creationDate=lt:${later}` })).toContain(first?.name);
  });

  it('sort, and page through a search as through everything', async () => {
    const sorted = async (sort: string, more = {}) =>
      (await http.send('GET', query({ sort, ...more }))).body.resources.map(({ name }) => name);
    const byAge = ['Payments-Root', 'payments-old', 'readable', 'not:yet', 'short'];
    expect(await sorted('creationDate')).toEqual(byAge);
    expect(await sorted('-creationDate')).toEqual([...byAge].reverse());
    expect((await sorted('-lastRotateDate'))[0]).toBe('Payments-Root');
    expect((await sorted('lastRotateDate'))[0]).toBe('Payments-Root');
    expect(await sorted('-state,creationDate')).toEqual(['short', 'payments-old', 'Payments-Root', 'readable', 'not:yet']);
    expect(await sorted('creationDate', { search: 'pay', limit: '1', offset: '1' })).toEqual(['payments-old']);
    expect(await sorted('creationDate', { search: 'pay', offset: '3' })).toEqual([]);
    expect(await sorted('creationDate', { limit: '2', offset: '2' })).toEqual(['readable', 'not:yet']);
    expect((await sorted('')).length).toBe(5);
  });

  it.each([
    [{ search: '' }, 'search'],
    [{ search: ',' }, 'search'],
    [{ search: 'not:' }, 'search'],
    [{ search: 'x'.repeat(513) }, 'search'],
    [{ sort: 'name' }, 'sort'],
    [{ sort: 'id,id' }, 'sort'],
    [{ filter: 'state=4' }, 'filter'],
    [{ filter: 'creationDate="yesterday"' }, 'filter'],
    [{ filter: 'state=1 state=1 state=1 state=1' }, 'filter'],
    [{ filter: 'state=1', state: '1' }, 'state'],
    [{ filter: 'extractable=true', extractable: 'true' }, 'extractable'],
    [{ state: '4' }, 'state'],
    [{ state: '1, 2' }, 'state'],
    [{ state: '1,' }, 'state'],
    [{ extractable: 'yes' }, 'extractable'],
  ])('refuse %j, naming %s', async (parameters, name) => {
    const reply = await http.send('GET', query(parameters as unknown as Record<string, string>));
    expect(reasonOf(reply)).toEqual([400, 'INVALID_QUERY_PARAM_ERR', name]);
    expect((await http.send('HEAD', query(parameters as unknown as Record<string, string>))).status).toBe(400);
  });

  it.each(['limit=0', 'limit=5001', 'limit=x', 'offset=-1', 'search=a&search=b'])('GET /keys?%s is refused', async (text) => {
    expect(reasonOf(await http.send('GET', `/keys?${text}`))).toEqual([400, 'INVALID_QUERY_PARAM_ERR', text.split('=')[0]]);
  });

  it('refuse a caller before they refuse a query', async () => {
    const { token } = await scene.server.addAccount();
    expect((await http.send('GET', '/keys?sort=name', { token })).status).toBe(401);
  });
});

describe('a search over more than 5000 keys', () => {
  it('is too broad, which takes reading no more than 5001 of them; narrowed, it works', async () => {
    await using other = await openKeyScene();
    const wide = openKeyHttp(other);
    const { id } = await other.addKey({ name: 'the one' });
    const { keyRows } = other.server.kms;
    const row = await keyRows.find(other.server.store.db, other.headers['bluemix-instance'], id);
    if (!row) throw new Error('the key is not there');
    const version = await other.server.store.db
      .selectFrom('key_versions')
      .selectAll()
      .where('key_id', '=', id)
      .executeTakeFirstOrThrow();
    const add = (count: number, fields: object) =>
      other.server.store.change(['keys'], async (tx) => {
        for (let n = 0; n < count; n += 1) {
          const copy = crypto.randomUUID();
          await keyRows.insert(tx, { ...row, ...fields, id: copy, name: 'one of many' }, { ...version, id: copy, key_id: copy });
        }
      });
    await add(4999, {});
    expect((await wide.send('GET', '/keys?search=the%20one')).body.resources).toHaveLength(1);
    await add(1, { state: 2 });
    const { rowsRead, reply } = await countRows(other, () => wide.send('GET', '/keys?search=the%20one'));
    expect(reasonOf(reply)).toEqual([400, 'KEY_SEARCH_TOO_BROAD', 'search']);
    expect(rowsRead).toBeGreaterThan(5000);
    expect(rowsRead).toBeLessThan(5010);
    expect((await wide.send('HEAD', '/keys?search=the%20one')).status).toBe(400);
    expect((await wide.send('GET', '/keys?search=the%20one&state=1')).body.resources).toHaveLength(1);
    expect((await wide.send('HEAD', '/keys?search=many&state=1')).headers['key-total']).toBe('4999');
    await wide[Symbol.asyncDispose]();
  });
});

/** How many rows the store gave while `work` ran. */
async function countRows<T>({ server }: KeyScene, work: () => Promise<T>): Promise<{ rowsRead: number; reply: T }> {
  const executor = server.store.db.getExecutor();
  const execute = executor.executeQuery.bind(executor);
  let rowsRead = 0;
  executor.executeQuery = async (...of) => {
    const result = await execute(...of);
    rowsRead += result.rows.length;
    return result as never;
  };
  try {
    const reply = await work();
    return { reply, rowsRead };
  } finally {
    executor.executeQuery = execute;
  }
}
