import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { type KeyHttp, openKeyHttp, reasonOf } from '../testkit/key-http.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

let scene: KeyScene;
let http: KeyHttp;
beforeAll(async () => {
  scene = await openKeyScene();
  http = openKeyHttp(scene);
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

let counter = 0;
function fresh(): string {
  counter += 1;
  return `alias-${counter}`;
}
const newKey = (aliases: readonly unknown[]) => ({
  metadata: {},
  resources: [{ name: 'with aliases', extractable: false, aliases }],
});

describe('an alias', () => {
  it('is given and taken with the documented answers', async () => {
    const { id } = await scene.addKey();
    const made = await http.send('POST', `/keys/${id}/aliases/My_alias-1`, { headers: { 'content-type': 'application/json' } });
    expect([made.status, made.body]).toEqual([
      201,
      {
        metadata: { collectionType: 'application/vnd.ibm.kms.alias+json', collectionTotal: 1 },
        resources: [
          {
            keyId: id,
            alias: 'My_alias-1',
            createdBy: scene.server.account.ownerIamId,
            creationDate: '2026-01-02T03:04:05Z',
          },
        ],
      },
    ]);
    expect(await scene.metadata(id)).toMatchObject({ aliases: ['My_alias-1'], lastUpdateDate: '2026-01-02T03:04:05Z' });
    const gone = await http.send('DELETE', `/keys/${id}/aliases/My_alias-1`);
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await scene.metadata(id)).aliases).toBeUndefined();
    expect(reasonOf(await http.send('DELETE', `/keys/${id}/aliases/My_alias-1`)).slice(0, 2)).toEqual([
      404,
      'KEY_ALIAS_NOT_FOUND_ERR',
    ]);
  });

  it('is taken from its own key only', async () => {
    const [alias, mine, other] = [fresh(), await scene.addKey(), await scene.addKey()];
    await http.send('POST', `/keys/${mine.id}/aliases/${alias}`);
    expect((await http.send('DELETE', `/keys/${other.id}/aliases/${alias}`)).status).toBe(404);
    expect((await scene.metadata(mine.id)).aliases).toEqual([alias]);
  });

  it.each([
    'x',
    'x'.repeat(91),
    'a.b',
    'a%20b',
    'a%2Fb',
    'ümlaut',
    '5f0ab1b8-1e2c-4a55-9c1f-0d6a2f6f9a10',
    '5F0AB1B8-1E2C-4A55-9C1F-0D6A2F6F9A10',
    'registrations',
    'policies',
    'allowed_ip',
    'versions',
  ])('%s is refused, alone and with a new key', async (alias) => {
    const { id } = await scene.addKey();
    expect(reasonOf(await http.send('POST', `/keys/${id}/aliases/${alias}`))).toEqual([400, 'INVALID_FIELD_ERR', 'alias']);
    const body = newKey([fresh(), decodeURIComponent(alias)]);
    expect(reasonOf(await http.send('POST', '/keys', { body }))).toEqual([400, 'INVALID_FIELD_ERR', 'alias']);
  });

  it.each(['ab', 'x'.repeat(90), 'Registrations', '-_', '5f0ab1b8-1e2c-1a55-9c1f-0d6a2f6f9a10', '123456'])(
    '%s is one',
    async (alias) => {
      const { id } = await scene.addKey();
      expect((await http.send('POST', `/keys/${id}/aliases/${alias}`)).status).toBe(201);
      expect((await http.send('GET', `/keys/${alias}/metadata`)).body.resources[0]?.id).toBe(id);
      expect((await http.send('DELETE', `/keys/${alias}/aliases/${alias}`)).status).toBe(204);
    },
  );

  it('is unique in its instance, case by case, and free again once it is taken from its key', async () => {
    const [first, second] = [await scene.addKey(), await scene.addKey()];
    await http.send('POST', `/keys/${first.id}/aliases/unique`);
    for (const id of [first.id, second.id]) {
      expect(reasonOf(await http.send('POST', `/keys/${id}/aliases/unique`)).slice(0, 2)).toEqual([
        409,
        'KEY_ALIAS_NOT_UNIQUE_ERR',
      ]);
    }
    expect((await http.send('POST', `/keys/${second.id}/aliases/UNIQUE`)).status).toBe(201);
    expect((await http.send('GET', '/keys/unique')).body.resources[0]?.id).toBe(first.id);
    expect((await http.send('GET', '/keys/UNIQUE')).body.resources[0]?.id).toBe(second.id);
    await http.send('DELETE', `/keys/unique/aliases/unique`);
    expect((await http.send('POST', `/keys/${second.id}/aliases/unique`)).status).toBe(201);
    // Another instance has names of its own.
    await using elsewhere = await openKeyScene();
    await using other = openKeyHttp(elsewhere);
    expect((await other.send('GET', '/keys/unique')).status).toBe(404);
    expect((await other.send('POST', `/keys/${(await elsewhere.addKey()).id}/aliases/unique`)).status).toBe(201);
  });

  it('is one of five at most', async () => {
    const { id } = await scene.addKey({ aliases: [fresh(), fresh(), fresh(), fresh()] });
    const fifth = fresh();
    expect((await http.send('POST', `/keys/${id}/aliases/${fifth}`)).status).toBe(201);
    expect(reasonOf(await http.send('POST', `/keys/${id}/aliases/${fresh()}`)).slice(0, 2)).toEqual([409, 'KEY_ALIAS_QUOTA_ERR']);
    expect((await scene.metadata(id)).aliases).toHaveLength(5);
    await http.send('DELETE', `/keys/${fifth}/aliases/${fifth}`);
    expect((await http.send('POST', `/keys/${id}/aliases/${fresh()}`)).status).toBe(201);
    const six = newKey(Array.from({ length: 6 }, fresh));
    expect(reasonOf(await http.send('POST', '/keys', { body: six })).slice(0, 2)).toEqual([400, 'INVALID_FIELD_ERR']);
  });
});

describe('aliases of a new key', () => {
  it('are given with it, in the order of the request', async () => {
    const names = [fresh(), 'zzz', 'AAA', fresh()];
    const made = await http.send('POST', '/keys', { body: newKey(names) });
    expect([made.status, made.body.resources[0]?.aliases]).toEqual([201, names]);
    // A key that is just made was never changed.
    expect(made.body.resources[0]).not.toHaveProperty('lastUpdateDate');
    const list = await http.send('GET', '/keys?search=exact:alias:zzz');
    expect(list.body.resources.map(({ aliases }) => aliases)).toEqual([names]);
  });

  it('are all free, or no key is made', async () => {
    const [free, used] = [fresh(), fresh()];
    await scene.addKey({ aliases: [used] });
    const before = (await http.send('HEAD', '/keys')).headers['key-total'];
    for (const aliases of [
      [free, used],
      [free, free],
      [free, 5],
    ]) {
      const refused = await http.send('POST', '/keys', { body: newKey(aliases) });
      expect(refused.status).toBe(aliases.includes(5) ? 400 : 409);
    }
    expect((await http.send('HEAD', '/keys')).headers['key-total']).toBe(before);
    expect((await http.send('GET', `/keys/${free}`)).status).toBe(404);
    expect((await http.send('POST', '/keys', { body: newKey([free]) })).status).toBe(201);
  });
});

describe('an alias in place of an id', () => {
  it('works for reading, use, change and deletion', async () => {
    const alias = fresh();
    const { id } = await scene.addKey({ aliases: [alias] });
    for (const path of ['', '/metadata', '/versions', '/registrations']) {
      expect((await http.send('GET', `/keys/${alias}${path}`)).status, path).toBe(200);
    }
    const wrapped = await http.send('POST', `/keys/${alias}/actions/wrap`, { body: { plaintext: 'AAAA' } });
    const { ciphertext } = JSON.parse(wrapped.text) as { ciphertext: string };
    const unwrapped = await http.send('POST', `/keys/${alias}/actions/unwrap`, { body: { ciphertext } });
    expect(JSON.parse(unwrapped.text)).toMatchObject({ plaintext: 'AAAA' });
    for (const action of ['rotate', 'disable']) {
      expect((await http.send('POST', `/keys/${alias}/actions/${action}`)).status, action).toBe(204);
    }
    expect((await http.send('POST', `/keys/${alias}/aliases/${fresh()}`)).status).toBe(201);
    expect((await http.send('DELETE', `/keys/${alias}`)).status).toBe(204);
    expect((await http.send('GET', `/keys/${id}`)).body.resources[0]?.state).toBe(5);
  });

  it('finds a deleted key too, whose aliases nobody else gets before its purge, and which gets no more', async () => {
    const alias = fresh();
    const { id } = await scene.addKey({ aliases: [alias] });
    await scene.call(deleteKey, id);
    expect((await http.send('GET', `/keys/${alias}`)).body.resources[0]).toMatchObject({ id, state: 5, aliases: [alias] });
    expect(reasonOf(await http.send('POST', '/keys', { body: newKey([alias]) }))[0]).toBe(409);
    expect(reasonOf(await http.send('POST', `/keys/${id}/aliases/${fresh()}`)).slice(0, 2)).toEqual([410, 'KEY_DELETED_ERR']);
    expect(reasonOf(await http.send('DELETE', `/keys/${id}/aliases/${alias}`)).slice(0, 2)).toEqual([410, 'KEY_DELETED_ERR']);
  });

  it('never stands for an id: a name in the form of an id finds a key by it or none', async () => {
    expect(reasonOf(await http.send('GET', `/keys/${crypto.randomUUID()}`)).slice(0, 2)).toEqual([404, 'KEY_NOT_FOUND_ERR']);
    expect((await http.send('GET', '/keys/no-such-alias')).status).toBe(404);
    // The address of all registrations goes before a key of that name.
    expect((await http.send('GET', '/keys/registrations')).body.metadata.collectionType).toBe(
      'application/vnd.ibm.kms.registration+json',
    );
  });

  it('is looked for in the key ring that the header names', async () => {
    const alias = fresh();
    await http.send('POST', '/key_rings/around');
    await http.send('POST', '/keys', { ring: 'around', body: newKey([alias]) });
    expect((await http.send('GET', `/keys/${alias}`, { ring: 'around' })).status).toBe(200);
    expect((await http.send('GET', `/keys/${alias}`, { ring: 'default' })).status).toBe(404);
  });

  it('wraps without asking the store when it is warm, with a key ring or without', async () => {
    const alias = fresh();
    await scene.addKey({ aliases: [alias] });
    const wrap = (more: object) => http.send('POST', `/keys/${alias}/actions/wrap`, { body: { plaintext: 'AAAA' }, ...more });
    await wrap({});
    await wrap({ ring: 'default' });
    const executor = scene.server.store.db.getExecutor();
    const execute = executor.executeQuery.bind(executor);
    const asked: string[] = [];
    executor.executeQuery = (query, ...more) => {
      asked.push(query.sql);
      return execute(query, ...more);
    };
    try {
      expect([(await wrap({})).status, (await wrap({ ring: 'default' })).status]).toEqual([200, 200]);
    } finally {
      executor.executeQuery = execute;
    }
    expect(asked).toEqual([]);
  });

  it('means another key as soon as its move to that is acknowledged', async () => {
    const [from, to] = [await scene.addKey(), await scene.addKey()];
    const alias = fresh();
    await http.send('POST', `/keys/${from.id}/aliases/${alias}`);
    const wrap = async () => {
      const { status, text } = await http.send('POST', `/keys/${alias}/actions/wrap`);
      return status === 200 ? (JSON.parse(text) as { keyVersion: { id: string } }).keyVersion.id : status;
    };
    expect(await wrap()).toBe(from.keyVersion?.id);
    await http.send('DELETE', `/keys/${alias}/aliases/${alias}`);
    expect(await wrap()).toBe(404);
    await http.send('POST', `/keys/${to.id}/aliases/${alias}`);
    expect(await wrap()).toBe(to.keyVersion?.id);
  });
});

it('the audit log names what was done to aliases', async () => {
  const { id } = await scene.addKey();
  await http.send('POST', `/keys/${id}/aliases/audited`);
  await http.send('DELETE', `/keys/audited/aliases/audited`);
  const records = await scene.server.auditRecords();
  for (const action of ['kms.secrets-alias.create', 'kms.secrets-alias.delete']) {
    expect(records.filter((record) => record.action === action).at(-1)).toMatchObject({
      outcome: 'success',
      responseData: { keyId: id },
    });
  }
});
