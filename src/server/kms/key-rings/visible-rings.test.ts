import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteKey } from '../../../contract/keys/delete.ts';
import type { PolicyAttribute } from '../../../contract/policies/policy.ts';
import { addPerson, grant, SERVICE } from '../../testkit/people.ts';
import { type KeyHttp, openKeyHttp } from '../testkit/key-http.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

let scene: KeyScene;
let http: KeyHttp;
let keys: Record<string, string>;
beforeAll(async () => {
  scene = await openKeyScene();
  http = openKeyHttp(scene);
  keys = {};
  for (const ring of ['blue', 'green', 'grey']) await http.send('POST', `/key_rings/${ring}`);
  for (const ring of ['default', 'blue', 'green', 'grey']) keys[ring] = await addKeyIn(ring);
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

const newKey = { metadata: {}, resources: [{ name: 'new key', extractable: false }] };

async function addKeyIn(ring: string, more = {}): Promise<string> {
  return String((await http.send('POST', '/keys', { ring, body: newKey, ...more })).body.resources[0]?.id);
}

/** Somebody who has roles on parts of the instance only, each part as its attributes say. */
async function personWith(
  ...grants: readonly { role: string; on: Readonly<Record<string, string>>; match?: true }[]
): Promise<string> {
  const person = await addPerson(scene.server, `person ${crypto.randomUUID().slice(0, 8)}`);
  for (const { role, on, match } of grants) {
    const attributes: PolicyAttribute[] = [
      { name: 'serviceInstance', value: scene.headers['bluemix-instance'] },
      ...Object.entries(on).map(([name, value]) => ({ name, value, ...(match && { operator: 'stringMatch' as const }) })),
    ];
    await grant(scene.server, { iamId: person.iamId, roles: [SERVICE + role], service: 'kms', attributes });
  }
  return person.token;
}

const ringsOf = (reply: { body: { resources: readonly Readonly<Record<string, unknown>>[] } }) =>
  [...new Set(reply.body.resources.map(({ keyRingID }) => String(keyRingID)))].sort();

describe('somebody with a role in some key rings', () => {
  it('sees the keys of those in lists, and no others', async () => {
    const token = await personWith({ role: 'Reader', on: { keyRing: 'blue' } }, { role: 'Writer', on: { keyRing: 'grey' } });
    const list = await http.send('GET', '/keys', { token });
    expect([list.status, ringsOf(list)]).toEqual([200, ['blue', 'grey']]);
    const total = list.body.resources.length;
    expect((await http.send('HEAD', '/keys', { token })).headers['key-total']).toBe(String(total));
    expect(ringsOf(await http.send('GET', '/keys?search=key&sort=-creationDate', { token }))).toEqual(['blue', 'grey']);
    expect(ringsOf(await http.send('GET', '/keys?filter=state%3D1', { token, ring: 'blue' }))).toEqual(['blue']);
    for (const ring of ['green', 'default', 'nowhere']) {
      expect((await http.send('GET', '/keys', { token, ring })).status, ring).toBe(401);
      expect((await http.send('HEAD', '/keys', { token, ring })).status, ring).toBe(401);
    }
    const rings = await http.send('GET', '/key_rings?totalCount=true', { token });
    expect(rings.body.resources.map(({ id }) => id)).toEqual(['blue', 'grey']);
    expect(rings.body.metadata.totalCount).toBe(2);
  });

  it('by a pattern of ring ids sees the keys of every ring that matches', async () => {
    const token = await personWith({ role: 'Reader', on: { keyRing: 'gr*' }, match: true });
    expect(ringsOf(await http.send('GET', '/keys', { token }))).toEqual(['green', 'grey']);
  });

  it('finds keys there, and learns nothing of what is elsewhere', async () => {
    const token = await personWith({ role: 'Reader', on: { keyRing: 'blue' } });
    expect((await http.send('GET', `/keys/${keys.blue}/metadata`, { token })).status).toBe(200);
    const answers = async (id: string | undefined, more: object) => {
      const { status, text } = await http.send('GET', `/keys/${id}/metadata`, {
        token,
        headers: { 'correlation-id': 'x' },
        ...more,
      });
      return [status, text];
    };
    const unknown = crypto.randomUUID();
    expect(await answers(keys.green, {})).toEqual(await answers(unknown, {}));
    expect((await answers(keys.green, {}))[0]).toBe(401);
    // In the ring that they may look into it is said that there is no such key, and not where there is one.
    expect(await answers(keys.green, { ring: 'blue' })).toEqual(await answers(unknown, { ring: 'blue' }));
    expect((await answers(keys.green, { ring: 'blue' }))[0]).toBe(404);
    expect((await answers(keys.green, { ring: 'green' }))[0]).toBe(401);
  });

  it('makes keys where the role allows it: the ring that the key goes to is decided about', async () => {
    const token = await personWith({ role: 'Writer', on: { keyRing: 'blue' } }, { role: 'Reader', on: { keyRing: 'green' } });
    const make = async (more: object) => (await http.send('POST', '/keys', { token, body: newKey, ...more })).status;
    expect(await make({ ring: 'blue' })).toBe(201);
    expect(await make({ ring: 'green' })).toBe(401);
    expect(await make({ ring: 'nowhere' })).toBe(401);
    expect(await make({})).toBe(401);
    const byDefault = await personWith({ role: 'Writer', on: { keyRing: 'default' } });
    expect((await http.send('POST', '/keys', { token: byDefault, body: newKey })).status).toBe(201);
  });

  it('makes no key rings; deletes their own as Manager, and forced only with the right to move its keys', async () => {
    await http.send('POST', '/key_rings/mine');
    await scene.call(deleteKey, await addKeyIn('mine'));
    const manager = await personWith({ role: 'Manager', on: { keyRing: 'mine' } });
    const writer = await personWith({ role: 'Writer', on: { keyRing: 'mine' } });
    expect((await http.send('POST', '/key_rings/yours', { token: manager })).status).toBe(401);
    expect((await http.send('DELETE', '/key_rings/mine?force=true', { token: writer })).status).toBe(401);
    expect((await http.send('DELETE', '/key_rings/blue', { token: manager })).status).toBe(401);
    expect((await http.send('DELETE', '/key_rings/mine?force=true', { token: manager })).status).toBe(204);
  });

  it('sees the registrations of keys in their rings only', async () => {
    const crn = (name: string) => `crn:v1:bluemix:public:containers-kubernetes:us-south:a/x:${name}::`;
    await scene.server.store.change(['keys'], async (tx) => {
      for (const ring of ['blue', 'green']) {
        const row = { key_id: keys[ring] ?? '', resource_crn: crn(ring), instance_id: scene.headers['bluemix-instance'] };
        const rest = {
          account_id: scene.server.account.accountId,
          active: 1,
          prevent_deletion: 0,
          created_at: 0,
          created_by: 'x',
        };
        const none = { description: null, metadata: null, updated_at: null, updated_by: null };
        await tx
          .insertInto('registrations')
          .values({ ...row, ...rest, ...none, key_version_id: keys[ring] ?? '' })
          .execute();
      }
    });
    const seen = async (token: string, more = {}) => {
      const { body } = await http.send('GET', '/keys/registrations?totalCount=true', { token, ...more });
      return [body.metadata.totalCount, body.resources.map(({ keyId }) => keyId)];
    };
    const token = await personWith({ role: 'Reader', on: { keyRing: 'blue' } });
    expect(await seen(token)).toEqual([1, [keys.blue]]);
    expect((await seen(scene.server.ownerToken))[0]).toBe(2);
    expect(await seen(scene.server.ownerToken, { ring: 'green' })).toEqual([1, [keys.green]]);
    expect((await http.send('GET', '/keys/registrations', { token, ring: 'green' })).status).toBe(401);
  });
});

describe('somebody with a role on single keys', () => {
  it('uses them by id, and sees none of them in lists', async () => {
    const token = await personWith({ role: 'Reader', on: { resourceType: 'key', resource: keys.blue ?? '' } });
    expect((await http.send('POST', `/keys/${keys.blue}/actions/wrap`, { token })).status).toBe(200);
    expect((await http.send('GET', `/keys/${keys.green}/metadata`, { token })).status).toBe(401);
    for (const more of [{}, { ring: 'blue' }]) {
      for (const path of ['/keys', '/keys/registrations']) {
        expect((await http.send('GET', path, { token, ...more })).status).toBe(401);
      }
      expect((await http.send('HEAD', '/keys', { token, ...more })).status).toBe(401);
    }
    expect((await http.send('GET', '/key_rings', { token })).status).toBe(401);
    expect((await http.send('POST', '/keys', { token, body: newKey })).status).toBe(401);
  });

  it('and in a ring sees that ring, not the keys', async () => {
    const token = await personWith(
      { role: 'Reader', on: { resourceType: 'key', resource: keys.blue ?? '' } },
      { role: 'Reader', on: { keyRing: 'green' } },
    );
    expect(ringsOf(await http.send('GET', '/keys', { token }))).toEqual(['green']);
  });
});

describe('somebody with a role on the whole instance', () => {
  it('sees every key ring and all of their keys', async () => {
    const token = await personWith({ role: 'Reader', on: {} });
    expect(ringsOf(await http.send('GET', '/keys', { token }))).toEqual(['blue', 'default', 'green', 'grey']);
    expect(ringsOf(await http.send('GET', '/keys', { token, ring: 'grey' }))).toEqual(['grey']);
  });

  it('and with none at all sees nothing', async () => {
    const token = await personWith();
    for (const path of ['/keys', '/key_rings', '/keys/registrations']) {
      expect((await http.send('GET', path, { token })).status).toBe(401);
    }
  });
});
