import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_KEY_RINGS } from '../../../contract/key-rings/key-ring.ts';
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

const addRing = async (id: string) => expect((await http.send('POST', `/key_rings/${id}`)).status).toBe(201);
const idsOf = (reply: { body: { resources: readonly Readonly<Record<string, unknown>>[] } }) =>
  reply.body.resources.map(({ id }) => id);

/** A key in a key ring, made as a client makes it. */
async function addKeyIn(ring: string, name = 'in a ring'): Promise<string> {
  const type = 'application/vnd.ibm.kms.key+json';
  const body = {
    metadata: { collectionType: type, collectionTotal: 1 },
    resources: [{ type, name, extractable: false }],
  };
  const reply = await http.send('POST', '/keys', { ring, body });
  expect([reply.status, reply.body.resources[0]?.keyRingID]).toEqual([201, ring]);
  return String(reply.body.resources[0]?.id);
}

describe('key rings', () => {
  it('of a new instance are the default one, which nobody made', async () => {
    await using other = await openKeyScene();
    await using fresh = openKeyHttp(other);
    const reply = await fresh.send('GET', '/key_rings');
    expect([reply.status, reply.body]).toEqual([
      200,
      {
        metadata: { collectionType: 'application/vnd.ibm.kms.key_ring+json', collectionTotal: 1 },
        resources: [{ id: 'default' }],
      },
    ]);
  });

  it('are made with an answer without a body, whatever a client sends along', async () => {
    const made = await http.send('POST', '/key_rings/first');
    expect([made.status, made.text]).toEqual([201, '']);
    // Node says JSON and sends nothing.
    const node = await http.send('POST', '/key_rings/second', { headers: { 'content-type': 'application/json' } });
    expect([node.status, node.text]).toEqual([201, '']);
    const list = await http.send('GET', '/key_rings?totalCount=True&limit=2&offset=1');
    expect(list.body.metadata).toMatchObject({ collectionTotal: 2, totalCount: 3 });
    expect(idsOf(list)).toEqual(['first', 'second']);
    expect(list.body.resources[0]).toEqual({
      id: 'first',
      creationDate: '2026-01-02T03:04:05Z',
      createdBy: scene.server.account.ownerIamId,
    });
    expect(idsOf(await http.send('GET', '/key_rings?offset=3'))).toEqual([]);
  });

  it.each(['x', 'x'.repeat(101), 'a b', 'a.b', 'ä-ring', 'a%2Fb'])('%s is no id of one', async (id) => {
    expect(reasonOf(await http.send('POST', `/key_rings/${id}`))).toEqual([400, 'INVALID_FIELD_ERR', 'id']);
  });

  it('have each id once, the default one included; letters in another case are another id', async () => {
    await addRing('once');
    expect(reasonOf(await http.send('POST', '/key_rings/once')).slice(0, 2)).toEqual([409, 'KEY_RING_NOT_UNIQUE_ERR']);
    expect(reasonOf(await http.send('POST', '/key_rings/default'))[0]).toBe(409);
    await addRing('Once');
    await addRing('DEFAULT');
  });

  it.each(['limit=0', 'limit=5001', 'offset=-1', 'totalCount=2'])('GET /key_rings?%s is refused by name', async (query) => {
    expect(reasonOf(await http.send('GET', `/key_rings?${query}`))).toEqual([
      400,
      'INVALID_QUERY_PARAM_ERR',
      query.split('=')[0],
    ]);
  });

  it(`are ${MAX_KEY_RINGS} beside the default one, and one more can be made when one is gone`, async () => {
    await using other = await openKeyScene();
    await using full = openKeyHttp(other);
    for (let n = 0; n < MAX_KEY_RINGS; n += 1) expect((await full.send('POST', `/key_rings/ring-${n}`)).status).toBe(201);
    expect(reasonOf(await full.send('POST', '/key_rings/more')).slice(0, 2)).toEqual([409, 'KEY_RING_QUOTA_ERR']);
    const list = await full.send('GET', '/key_rings');
    expect([list.body.resources.length, list.body.resources[0]?.id]).toEqual([MAX_KEY_RINGS + 1, 'default']);
    expect((await full.send('DELETE', '/key_rings/ring-7')).status).toBe(204);
    expect((await full.send('POST', '/key_rings/more')).status).toBe(201);
  });
});

describe('the header that names a key ring', () => {
  it('says where a new key goes; a ring that does not exist takes none', async () => {
    await addRing('goal');
    const id = await addKeyIn('goal');
    expect((await scene.metadata(id)).keyRingID).toBe('goal');
    expect((await scene.addKey()).keyRingID).toBe('default');
    for (const ring of ['nowhere', 'not an id!', '']) {
      const body = { metadata: {}, resources: [{ name: 'lost', extractable: false }] };
      expect(reasonOf(await http.send('POST', '/keys', { ring, body }))).toEqual([
        404,
        'KEY_RING_NOT_FOUND_ERR',
        'x-kms-key-ring',
      ]);
    }
  });

  it('finds a key in that ring only, also when the key has just been used without it', async () => {
    await addRing('home');
    const id = await addKeyIn('home');
    for (const ring of ['home', undefined, 'home']) {
      expect((await http.send('GET', `/keys/${id}`, ring === undefined ? {} : { ring })).status).toBe(200);
    }
    for (const ring of ['default', 'goal', 'nowhere', 'HOME']) {
      expect(reasonOf(await http.send('GET', `/keys/${id}`, { ring })).slice(0, 2)).toEqual([404, 'KEY_NOT_FOUND_ERR']);
      expect((await http.send('POST', `/keys/${id}/actions/wrap`, { ring })).status).toBe(404);
      expect((await http.send('DELETE', `/keys/${id}`, { ring })).status).toBe(404);
    }
    expect((await http.send('POST', `/keys/${id}/actions/wrap`, { ring: 'home' })).status).toBe(200);
  });

  it('restricts lists, their heads and the registrations of all keys; a ring that does not exist has none of them', async () => {
    await addRing('few');
    const id = await addKeyIn('few');
    expect(idsOf(await http.send('GET', '/keys', { ring: 'few' }))).toEqual([id]);
    expect((await http.send('HEAD', '/keys', { ring: 'few' })).headers['key-total']).toBe('1');
    expect(idsOf(await http.send('GET', '/keys', { ring: 'default' }))).not.toContain(id);
    expect(idsOf(await http.send('GET', '/keys'))).toContain(id);
    expect((await http.send('GET', '/keys/registrations', { ring: 'few' })).body.resources).toEqual([]);
    for (const path of ['/keys', '/keys/registrations']) {
      expect(reasonOf(await http.send('GET', path, { ring: 'nowhere' }))).toEqual([
        404,
        'KEY_RING_NOT_FOUND_ERR',
        'x-kms-key-ring',
      ]);
    }
    expect((await http.send('HEAD', '/keys', { ring: 'nowhere' })).status).toBe(404);
  });
});

describe('deleting a key ring', () => {
  it('without keys needs no force and answers 204', async () => {
    await addRing('empty');
    const gone = await http.send('DELETE', '/key_rings/empty');
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect(idsOf(await http.send('GET', '/key_rings'))).not.toContain('empty');
    expect(reasonOf(await http.send('DELETE', '/key_rings/empty')).slice(0, 2)).toEqual([404, 'KEY_RING_NOT_FOUND_ERR']);
  });

  it('with a key in use is refused, forced or not', async () => {
    await addRing('busy');
    await addKeyIn('busy');
    await scene.call(deleteKey, await addKeyIn('busy'));
    for (const query of ['', '?force=true', '?force=false']) {
      expect(reasonOf(await http.send('DELETE', `/key_rings/busy${query}`)).slice(0, 2)).toEqual([409, 'KEY_RING_NOT_EMPTY_ERR']);
    }
    expect(idsOf(await http.send('GET', '/keys?state=1,5', { ring: 'busy' }))).toHaveLength(2);
  });

  it('with deleted keys only needs force, and moves them to the default ring', async () => {
    await addRing('old');
    const id = await addKeyIn('old');
    await scene.call(deleteKey, id);
    expect(reasonOf(await http.send('DELETE', '/key_rings/old'))).toEqual([409, 'KEY_RING_NOT_EMPTY_ERR', 'force']);
    expect((await scene.metadata(id)).keyRingID).toBe('old');
    await scene.advance(2000);
    const token = await scene.server.logIn(scene.server.ownerApiKey);
    expect((await http.send('DELETE', '/key_rings/old?force=True', { token })).status).toBe(204);
    expect(await scene.metadata(id)).toMatchObject({ keyRingID: 'default', state: 5, lastUpdateDate: '2026-01-02T03:04:07Z' });
    const found = await http.send('GET', `/keys/${id}`, { ring: 'default', token });
    expect([found.status, found.body.resources[0]?.state]).toEqual([200, 5]);
  });

  it('that is the default one is refused', async () => {
    expect(reasonOf(await http.send('DELETE', '/key_rings/default?force=true'))).toEqual([400, 'INVALID_FIELD_ERR', 'id']);
  });
});

describe('the audit log', () => {
  it('names what was done to key rings', async () => {
    await addRing('audited');
    await http.send('DELETE', '/key_rings/audited');
    await http.send('POST', '/key_rings/once');
    const records = await scene.server.auditRecords();
    const about = (action: string) => records.filter((record) => record.action === action);
    expect(about('kms.key-rings.create').map(({ outcome }) => outcome)).toContain('failure');
    expect(about('kms.key-rings.create').at(-2)).toMatchObject({ requestData: { keyRingId: 'audited' }, severity: 'normal' });
    expect(about('kms.key-rings.delete').at(-1)).toMatchObject({ requestData: { keyRingId: 'audited', force: false } });
    expect(about('kms.key-rings.list').at(-1)).toMatchObject({ outcome: 'success' });
    for (const [method, action] of [
      ['GET', 'kms.secrets.list'],
      ['HEAD', 'kms.secrets.head'],
    ] as const) {
      await http.send(method, '/keys', { ring: 'few' });
      const after = (await scene.server.auditRecords()).filter((record) => record.action === action);
      expect(after.at(-1)).toMatchObject({ requestData: { keyRingId: 'few' }, responseData: { totalResources: 1 } });
    }
  });
});
