import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listKeys } from '../../../contract/key-list/list.ts';
import { createKey } from '../../../contract/keys/creation/create.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { enableKey } from '../../../contract/keys/enable.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { wrapDek } from '../../../contract/keys/use/wrap.ts';
import { listKeyVersions } from '../../../contract/keys/versions.ts';
import { first, type KeyScene, LIFETIME_MS, openKeyScene } from '../testkit/key-scene.ts';

let scene: KeyScene;
beforeEach(async () => {
  scene = await openKeyScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const expiring = () => ({ expirationDate: new Date(scene.server.clock.now() + LIFETIME_MS).toISOString() });
const listed = async (query: object): Promise<string[]> => {
  const { output } = await scene.server.call(listKeys, scene.server.ownerToken, { headers: scene.headers, query } as never);
  return (output?.resources ?? []).map(({ id }) => id);
};

describe('expiry', () => {
  it('takes effect on read at its very instant, also for a record in the cache', async () => {
    const { id } = await scene.addKey(expiring());
    const ciphertext = await scene.wrap(id);
    scene.server.clock.advance(LIFETIME_MS - 1);
    await scene.wrap(id);
    expect((await scene.metadata(id)).state).toBe(1);
    scene.server.clock.advance(1);
    await expect(scene.wrap(id)).rejects.toMatchObject({ code: 'KEY_STATE', message: expect.stringContaining('expired at') });
    expect(await scene.metadata(id)).toMatchObject({ state: 3, nonactiveStateReason: 3 });
    expect((await scene.unwrap(id, ciphertext)).plaintext).toBe('AAAA');
  });

  it('of a suspended key goes before its suspension', async () => {
    const { id } = await scene.addKey(expiring());
    await scene.call(disableKey, id);
    scene.server.clock.advance(LIFETIME_MS);
    expect((await scene.metadata(id)).state).toBe(3);
    await expect(scene.call(enableKey, id)).rejects.toMatchObject({ code: 'KEY_STATE' });
  });

  it('decides under which state a key is listed, although nothing has written it', async () => {
    const stays = await scene.addKey();
    const ends = await scene.addKey(expiring());
    scene.server.clock.advance(LIFETIME_MS);
    expect(await listed({ state: '1' })).toEqual([stays.id]);
    expect(await listed({ state: '3' })).toEqual([ends.id]);
    expect((await listed({})).sort()).toEqual([stays.id, ends.id].sort());
  });
});

describe('create and change', () => {
  it('a new key has no lastUpdateDate and no lastRotateDate; a rotation sets both', async () => {
    const made = await scene.addKey();
    expect(made).not.toHaveProperty('lastUpdateDate');
    expect(made).not.toHaveProperty('lastRotateDate');
    scene.server.clock.advance(1000);
    await scene.call(rotateKey, made.id);
    const at = '2026-01-02T03:04:06Z';
    expect(await scene.metadata(made.id)).toMatchObject({
      lastUpdateDate: at,
      lastRotateDate: at,
      keyVersion: { creationDate: at },
    });
  });

  it('Prefer decides whether create gives the material of a standard key, and what delete answers', async () => {
    const create = async (prefer: string | undefined) => {
      const body = {
        metadata: { collectionType: KEY_TYPE, collectionTotal: 1 },
        resources: [{ name: 'standard', extractable: true, payload: 'AAAA' }],
      };
      const headers = { ...scene.headers, ...(prefer !== undefined && { prefer }) };
      return first((await scene.server.call(createKey, scene.server.ownerToken, { headers, body })).output);
    };
    expect(await create(undefined)).toHaveProperty('payload', 'AAAA');
    expect(await create('return=representation')).toHaveProperty('payload', 'AAAA');
    const minimal = await create('return=minimal');
    expect(minimal).not.toHaveProperty('payload');
    expect((await scene.call(deleteKey, minimal.id, { headers: { prefer: 'return=minimal' } })).status).toBe(204);
    const { id } = await scene.addKey();
    const shown = await scene.call(deleteKey, id, { headers: { prefer: 'return=representation' } });
    expect([shown.status, first(shown.output).deletionDate]).toEqual([200, '2026-01-02T03:04:05Z']);
  });

  it('material of a root key is nowhere: not in an answer, and not in the audit log', async () => {
    const payload = Buffer.alloc(32, 0x5a).toString('base64');
    const { id } = await scene.addKey({ payload });
    const ciphertext = await scene.wrap(id, payload);
    await scene.unwrap(id, ciphertext);
    const records = JSON.stringify(await scene.server.auditRecords());
    expect(records).toContain(id);
    for (const secret of [payload, ciphertext, '5a5a5a5a']) expect(records).not.toContain(secret);
  });

  it('enable is allowed from exactly the wait after disable, and says when', async () => {
    const { id } = await scene.addKey();
    await scene.call(disableKey, id);
    scene.server.clock.advance(29_999);
    await expect(scene.call(enableKey, id)).rejects.toMatchObject({ code: 'TOO_EARLY', retryAfterSeconds: 1 });
    scene.server.clock.advance(1);
    await scene.call(enableKey, id);
    expect((await scene.metadata(id)).state).toBe(1);
  });
});

describe('rotation', () => {
  it('is allowed at once the first time, and then once an hour', async () => {
    const { id } = await scene.addKey();
    await scene.call(rotateKey, id);
    await scene.advance(3_599_999);
    await expect(scene.call(rotateKey, id)).rejects.toMatchObject({ code: 'KEY_ROTATED_TOO_SOON' });
    scene.server.clock.advance(1);
    await scene.call(rotateKey, id);
  });

  it('lists versions newest first, and wraps under the first of them', async () => {
    const { id } = await scene.addKey();
    for (let turn = 0; turn < 2; turn += 1) {
      await scene.advance(3_600_000);
      await scene.call(rotateKey, id);
    }
    const { output } = await scene.call(listKeyVersions, id, { query: { totalCount: 'true' } });
    expect(output.metadata).toMatchObject({ collectionTotal: 3, totalCount: 3 });
    const dates = output.resources.map(({ creationDate }) => creationDate);
    expect(dates).toEqual([...dates].sort().reverse());
    expect(output.resources.at(-1)?.id).toBe(id);
    expect((await scene.call(wrapDek, id)).output.keyVersion.id).toBe(output.resources[0]?.id);
  });

  it('old ciphertexts open for ever, and only they come with a new one', async () => {
    const { id } = await scene.addKey();
    const old = await scene.wrap(id, 'AAAA', ['x']);
    expect(await scene.unwrap(id, old, ['x'])).toEqual({ plaintext: 'AAAA', keyVersion: { id } });
    await scene.call(rotateKey, id);
    const again = await scene.unwrap(id, old, ['x']);
    expect(again).toMatchObject({ plaintext: 'AAAA', keyVersion: { id }, ciphertext: expect.any(String) });
    const fresh = await scene.unwrap(id, again.ciphertext ?? '', ['x']);
    expect(fresh).toEqual({ plaintext: 'AAAA', keyVersion: again.rewrappedKeyVersion });
  });

  it('of an expired key still moves its clients on, and is on record as that of an expired key', async () => {
    const { id } = await scene.addKey(expiring());
    const old = await scene.wrap(id);
    await scene.call(rotateKey, id);
    scene.server.clock.advance(LIFETIME_MS);
    expect(await scene.unwrap(id, old)).toMatchObject({ plaintext: 'AAAA', rewrappedKeyVersion: { id: expect.any(String) } });
    const record = (await scene.server.auditRecords()).findLast(({ action }) => action === 'kms.secrets.unwrap');
    expect(record?.responseData).toMatchObject({ keyId: id, keyState: 3 });
  });

  it('needs material for an imported key, which may be of another size', async () => {
    const { id } = await scene.addKey({ payload: Buffer.alloc(16, 1).toString('base64') });
    const old = await scene.wrap(id);
    await expect(scene.call(rotateKey, id)).rejects.toMatchObject({ code: 'KEY_PAYLOAD_REQUIRED' });
    await scene.call(rotateKey, id, { body: { payload: Buffer.alloc(32, 2).toString('base64') } });
    expect((await scene.unwrap(id, old)).plaintext).toBe('AAAA');
  });
});

describe('what is kept in memory', () => {
  it('never serves a key after its disable or delete was acknowledged', async () => {
    for (const operation of [disableKey, deleteKey]) {
      const { id } = await scene.addKey();
      for (let turn = 0; turn < 3; turn += 1) await scene.wrap(id);
      await scene.call(operation as typeof disableKey, id);
      await expect(scene.wrap(id)).rejects.toMatchObject({ code: operation === disableKey ? 'KEY_STATE' : 'KEY_DELETED' });
    }
  });

  it('never keeps what was read before a change that committed meanwhile', async () => {
    const { id } = await scene.addKey();
    for (let turn = 0; turn < 20; turn += 1) {
      // The cache is empty now, so these read the store while the change is on its way.
      await scene.addKey();
      const wraps = Promise.allSettled([scene.wrap(id), scene.wrap(id)]);
      const disabled = scene.call(disableKey, id);
      await disabled;
      await expect(scene.wrap(id)).rejects.toMatchObject({ code: 'KEY_STATE' });
      await wraps;
      scene.server.clock.advance(30_000);
      await scene.call(enableKey, id);
    }
  });
});
