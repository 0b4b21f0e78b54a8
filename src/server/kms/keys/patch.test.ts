import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { addPerson, grant, SERVICE } from '../../testkit/people.ts';
import { type KeyHttp, openKeyHttp, reasonOf } from '../testkit/key-http.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

let scene: KeyScene;
let http: KeyHttp;
beforeAll(async () => {
  scene = await openKeyScene();
  http = openKeyHttp(scene);
  for (const ring of ['blue', 'green']) await http.send('POST', `/key_rings/${ring}`);
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

const move = (id: string, ring: string, more = {}) => http.send('PATCH', `/keys/${id}`, { body: { keyRingID: ring }, ...more });

async function managerOf(...grants: readonly (readonly [role: string, ring: string])[]): Promise<string> {
  const person = await addPerson(scene.server, `manager ${crypto.randomUUID().slice(0, 8)}`);
  for (const [role, ring] of grants) {
    const attributes = [
      { name: 'serviceInstance', value: scene.headers['bluemix-instance'] },
      { name: 'keyRing', value: ring },
    ];
    await grant(scene.server, { iamId: person.iamId, roles: [SERVICE + role], service: 'kms', attributes });
  }
  return person.token;
}

describe('moving a key to another key ring', () => {
  it('answers with the key, which is found there at once and nowhere else', async () => {
    const { id } = await scene.addKey({ aliases: ['moving'] });
    const reply = await move('moving', 'blue', { ring: 'default' });
    expect([reply.status, reply.body.metadata.collectionTotal]).toEqual([200, 1]);
    expect(reply.body.resources[0]).toMatchObject({
      id,
      keyRingID: 'blue',
      aliases: ['moving'],
      lastUpdateDate: '2026-01-02T03:04:05Z',
    });
    expect((await http.send('GET', `/keys/${id}`, { ring: 'blue' })).status).toBe(200);
    expect((await http.send('GET', `/keys/${id}`, { ring: 'default' })).status).toBe(404);
    expect((await move(id, 'default', { ring: 'default' })).status).toBe(404);
    expect((await move(id, 'default', { ring: 'blue' })).body.resources[0]?.keyRingID).toBe('default');
  });

  it('takes the name as the Go client writes it, and fields that it does not know', async () => {
    const { id } = await scene.addKey();
    const reply = await http.send('PATCH', `/keys/${id}`, { body: { KeyRingID: 'green', colour: 'red' } });
    expect([reply.status, reply.body.resources[0]?.keyRingID]).toEqual([200, 'green']);
  });

  it('to where it is changes nothing', async () => {
    const { id } = await scene.addKey();
    const reply = await move(id, 'default');
    expect(reply.status).toBe(200);
    expect(reply.body.resources[0]).not.toHaveProperty('lastUpdateDate');
  });

  it.each([
    [undefined, 400, 'NO_BODY_ERR'],
    ['', 400, 'NO_BODY_ERR'],
    ['null', 400, 'NO_BODY_ERR'],
    ['{', 400, 'BAD_BODY_ERR'],
    ['[]', 400, 'BAD_BODY_ERR'],
    [{}, 400, 'INVALID_FIELD_ERR'],
    [{ keyRingID: '' }, 400, 'INVALID_FIELD_ERR'],
    [{ keyRingID: 7 }, 400, 'INVALID_FIELD_ERR'],
    [{ keyRingID: 'nowhere' }, 404, 'KEY_RING_NOT_FOUND_ERR'],
    [{ keyRingID: 'BLUE' }, 404, 'KEY_RING_NOT_FOUND_ERR'],
  ])('with the body %j answers %d %s', async (body, status, code) => {
    const { id } = await scene.addKey();
    const headers = { 'content-type': 'application/vnd.ibm.kms.key+json' };
    const reply = await http.send('PATCH', `/keys/${id}`, { headers, ...(body !== undefined && { body }) });
    expect(reasonOf(reply).slice(0, 2)).toEqual([status, code]);
    expect((await scene.metadata(id)).keyRingID).toBe('default');
  });

  it.each([
    [1, 200],
    [2, 200],
    [3, 200],
    [5, 410],
  ] as const)('in state %d answers %d', async (state, status) => {
    await using other = await openKeyScene();
    await using elsewhere = openKeyHttp(other);
    await elsewhere.send('POST', '/key_rings/blue');
    const { id } = await other.keyIn(state);
    expect((await elsewhere.send('PATCH', `/keys/${id}`, { body: { keyRingID: 'blue' } })).status).toBe(status);
  });

  it('of a key that there is not is 404', async () => {
    expect(reasonOf(await move(crypto.randomUUID(), 'blue')).slice(0, 2)).toEqual([404, 'KEY_NOT_FOUND_ERR']);
  });

  it('needs Manager on the key and on the ring that it goes to', async () => {
    const both = await managerOf(['Manager', 'blue'], ['Manager', 'green']);
    const half = await managerOf(['Manager', 'blue'], ['Writer', 'green']);
    const { id } = await scene.addKey();
    await move(id, 'blue');
    for (const ring of ['green', 'default', 'nowhere']) expect((await move(id, ring, { token: half })).status, ring).toBe(401);
    expect((await move(id, 'nowhere', { token: both })).status).toBe(401);
    expect((await move(id, 'green', { token: both })).status).toBe(200);
    expect((await move(id, 'blue', { token: half })).status).toBe(401);
    expect((await scene.metadata(id)).keyRingID).toBe('green');
  });

  it('is on record with the ring before and the ring after, and so is a refusal for want of the second right', async () => {
    const { id } = await scene.addKey();
    await move(id, 'blue');
    await move(id, 'green', { token: await managerOf(['Manager', 'blue']) });
    const records = (await scene.server.auditRecords()).filter(({ action }) => action === 'kms.secrets.patch');
    expect(records.at(-2)).toMatchObject({
      outcome: 'success',
      requestData: { initialValue: { keyRingId: 'default' }, newValue: { keyRingId: 'blue' } },
      responseData: { keyId: id, keyState: 1 },
    });
    expect(records.at(-1)).toMatchObject({ outcome: 'failure', severity: 'critical', reason: { reasonCode: 401 } });
  });
});

describe('a change that was decided before its key moved', () => {
  it.each([
    ['POST', '/actions/rotate'],
    ['POST', '/actions/disable'],
    ['DELETE', ''],
    ['POST', '/aliases/too-late'],
  ] as const)('%s /keys/{id}%s is not done to the key in its new ring, and can be tried again', async (method, path) => {
    const { id, keyVersion } = await scene.addKey();
    const { store } = scene.server;
    // Whatever is asked from now on is in memory, so that both changes are decided while a third one holds the store.
    await move(id, 'blue');
    await move(id, 'default');
    await http.send('GET', `/keys/${id}/metadata`);
    await http.send(method, `/keys/${crypto.randomUUID()}${path}`);
    const gate = Promise.withResolvers<void>();
    const held = store.change([], () => gate.promise);
    const moved = move(id, 'blue');
    await delay(20);
    const late = http.send(method, `/keys/${id}${path}`);
    await delay(20);
    gate.resolve();
    await held;
    expect((await moved).status).toBe(200);
    expect((await late).status).toBe(503);
    expect(await scene.metadata(id)).toMatchObject({ state: 1, keyRingID: 'blue', keyVersion: { id: keyVersion?.id } });
    expect((await http.send(method, `/keys/${id}${path}`)).status).toBeLessThan(300);
    if (method === 'POST') await scene.call(deleteKey, id);
  });
});
