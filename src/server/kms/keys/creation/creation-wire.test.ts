import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeyHttp, openKeyHttp, reasonOf } from '../../testkit/key-http.ts';
import { type KeyScene, openKeyScene } from '../../testkit/key-scene.ts';

let scene: KeyScene;
let http: KeyHttp;
beforeEach(async () => {
  scene = await openKeyScene();
  http = openKeyHttp(scene);
});
afterEach(async () => {
  await http[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

const create = (fields: object, more: { ring?: string; headers?: Record<string, string> } = {}, path = '/keys') => {
  const resources = [{ name: 'a key', extractable: false, ...fields }];
  return http.send('POST', path, { body: { metadata: { collectionTotal: 1 }, resources }, ...more });
};
const keys = async () => (await http.send('GET', '/keys')).body.resources.length;

describe('creating a key', () => {
  it('shows the material of a standard key that the service made, as reading the key does, unless little is asked for', async () => {
    const [made] = (await create({ extractable: true })).body.resources;
    expect(Buffer.from(String(made?.payload), 'base64')).toHaveLength(32);
    const [read] = (await http.send('GET', `/keys/${String(made?.id)}`)).body.resources;
    expect(read?.payload).toBe(made?.payload);
    const [minimal] = (await create({ extractable: true }, { headers: { prefer: 'return=minimal' } })).body.resources;
    expect(minimal).not.toHaveProperty('payload');
    expect((await create({})).body.resources[0]).not.toHaveProperty('payload');
    expect(JSON.stringify(await scene.server.auditRecords())).not.toContain(made?.payload);
  });

  it.each(['dualAuthDelete', 'rotation'])(
    'refuses %s at the address that gives keys no policies, and makes none',
    async (name) => {
      const policy = { dualAuthDelete: { enabled: true }, rotation: { interval_month: 1 } }[name];
      expect(reasonOf(await create({ [name]: policy }))).toEqual([400, 'BAD_BODY_ERR', name]);
      expect(await keys()).toBe(0);
      const [made] = (await create({ [name]: policy }, {}, '/keys_with_policy_overrides')).body.resources;
      expect(made?.[name]).toMatchObject({ enabled: true });
    },
  );

  it('refuses a body that names another key ring than the header, in either case of its name', async () => {
    await http.send('POST', '/key_rings/ring-1');
    for (const name of ['keyRingID', 'KeyRingID'])
      expect(reasonOf(await create({ [name]: 'ring-1' }))).toEqual([400, 'INVALID_FIELD_ERR', 'keyRingID']);
    expect(reasonOf(await create({ keyRingID: 'default' }, { ring: 'ring-1' }))).toEqual([400, 'INVALID_FIELD_ERR', 'keyRingID']);
    expect(await keys()).toBe(0);
    expect((await create({ keyRingID: 'ring-1' }, { ring: 'ring-1' })).body.resources[0]).toMatchObject({ keyRingID: 'ring-1' });
    expect((await create({ keyRingID: 'default' })).status).toBe(201);
  });

  it.each(['2030-02-30T00:00:00Z', '2030-02-20T24:00:00Z', '9999-12-31T23:59:59-23:59'])(
    'refuses the expiry %s, which is none that could be shown again',
    async (expirationDate) => {
      expect(reasonOf(await create({ expirationDate }))).toEqual([400, 'INVALID_FIELD_ERR', 'expirationDate']);
    },
  );
});
