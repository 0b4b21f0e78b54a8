import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreKey } from '../../../contract/deletion/restore.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { getKey } from '../../../contract/keys/get.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { listKeyVersions } from '../../../contract/keys/versions.ts';
import { createRegistration } from '../../../contract/registrations/create.ts';
import { listRegistrations } from '../../../contract/registrations/list.ts';
import { addCluster } from '../../testkit/clusters.ts';
import { addPerson, authorize, grant, SERVICE } from '../../testkit/people.ts';
import { first, type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

const MATERIAL = Buffer.alloc(32, 7).toString('base64');
const SECOND = 1000;
const DAY = 86_400 * SECOND;

let scene: KeyScene;
beforeEach(async () => {
  scene = await openKeyScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

/** Deletes a key and lets `milliseconds` pass. */
async function deleted(id: string, milliseconds: number): Promise<void> {
  await scene.call(deleteKey, id);
  await scene.advance(milliseconds);
}

describe('a key that is restored', () => {
  it('is Active again, with status 201 and every version, alias, tag and ciphertext that it had', async () => {
    const { id } = await scene.addKey({ tags: ['a'], description: 'of payroll' });
    const old = await scene.wrap(id);
    await scene.call(rotateKey, id);
    const before = await scene.metadata(id);
    const versions = (await scene.call(listKeyVersions, id)).output;
    await deleted(id, 30 * SECOND);
    const outcome = await scene.call(restoreKey, id);
    expect(outcome.status ?? restoreKey.http.success).toBe(201);
    const shown = first(outcome.output);
    expect(shown).toEqual({ ...before, lastUpdateDate: shown.lastUpdateDate });
    expect(shown).toMatchObject({ state: 1, deleted: false });
    expect(shown).not.toHaveProperty('deletionDate');
    expect(shown).not.toHaveProperty('restoreExpirationDate');
    expect((await scene.call(listKeyVersions, id)).output).toEqual(versions);
    expect((await scene.unwrap(id, old)).plaintext).toBe('AAAA');
  });

  it('of a standard key shows its material once more', async () => {
    const { id } = await scene.addKey({ extractable: true, payload: 'c2VjcmV0' });
    await deleted(id, 30 * SECOND);
    await scene.call(restoreKey, id);
    expect(first((await scene.call(getKey, id)).output).payload).toBe('c2VjcmV0');
  });

  it('is Active, not Suspended, although it was disabled when it was deleted', async () => {
    const { id } = await scene.addKey();
    await scene.call(disableKey, id);
    await deleted(id, 30 * SECOND);
    expect(first((await scene.call(restoreKey, id)).output).state).toBe(1);
    await scene.wrap(id);
  });

  it('can be deleted and restored again', async () => {
    const { id } = await scene.addKey();
    for (let round = 0; round < 2; round++) {
      await deleted(id, 30 * SECOND);
      await scene.call(restoreKey, id);
    }
    expect((await scene.metadata(id)).state).toBe(1);
  });

  it('tells the resources that it protected, whose registrations stay hidden until they register again', async () => {
    await authorize(scene.server, { roles: [`${SERVICE}Reader`], service: 'kms' });
    const cluster = await addCluster(scene.server, 'cluster1');
    const { id } = await scene.addKey();
    const register = () =>
      scene.server.pipeline.invoke(createRegistration, cluster.service, {
        headers: scene.headers,
        params: { id, crn: cluster.crn },
        body: { metadata: { collectionTotal: 1 }, resources: [{ preventKeyDeletion: false }] },
      });
    await register();
    await scene.call(deleteKey, id, { query: { force: 'true' } });
    await scene.advance(30 * SECOND);
    await scene.call(restoreKey, id);
    const pending = await scene.server.events.pendingFor('containers-kubernetes', 100);
    expect(pending.map(({ event, resourceCrn }) => [event.type, event.key_state, resourceCrn])).toEqual([
      ['deletion', 5, cluster.crn],
      ['restoration', 1, cluster.crn],
    ]);
    const registered = async () => (await scene.call(listRegistrations, id)).output.resources.length;
    expect(await registered()).toBe(0);
    await register();
    expect(await registered()).toBe(1);
  });

  it('is on record as kms.secrets.restore, a warning', async () => {
    const { id } = await scene.addKey();
    await deleted(id, 30 * SECOND);
    await scene.call(restoreKey, id);
    const record = (await scene.server.auditRecords()).find(({ action }) => action === 'kms.secrets.restore');
    expect(record).toMatchObject({ severity: 'warning', outcome: 'success', responseData: { keyId: id, keyState: 1 } });
  });
});

describe('restore is refused', () => {
  it.each([1, 2, 3] as const)('with KEY_STATE for a key in state %i', async (state) => {
    const { id } = await scene.keyIn(state);
    const before = await scene.metadata(id);
    await expect(scene.call(restoreKey, id)).rejects.toMatchObject({ code: 'KEY_STATE' });
    expect(await scene.metadata(id)).toEqual(before);
  });

  it('earlier than 30 s after the deletion, and not at 30 s', async () => {
    const { id } = await scene.addKey();
    await deleted(id, 30 * SECOND - 1);
    await expect(scene.call(restoreKey, id)).rejects.toMatchObject({
      code: 'TOO_EARLY',
      message: expect.stringContaining('2026-01-02T03:04:35Z'),
      retryAfterSeconds: 1,
    });
    await scene.advance(1);
    await scene.call(restoreKey, id);
  });

  it('later than 30 days after the deletion, and not at 30 days', async () => {
    const [inTime, late] = [await scene.addKey(), await scene.addKey()];
    await scene.call(deleteKey, inTime.id);
    await scene.call(deleteKey, late.id);
    await scene.advance(30 * DAY);
    expect(await scene.metadata(inTime.id)).toMatchObject({ restoreAllowed: true });
    await scene.call(restoreKey, inTime.id);
    await scene.advance(1);
    expect(await scene.metadata(late.id)).toMatchObject({ restoreAllowed: false });
    await expect(scene.call(restoreKey, late.id)).rejects.toMatchObject({ code: 'KEY_RESTORE_EXPIRED' });
  });

  it('for a key that expired meanwhile, naming when', async () => {
    const { id } = await scene.addKey({ expirationDate: '2026-01-02T04:00:00Z' });
    await deleted(id, DAY);
    await expect(scene.call(restoreKey, id)).rejects.toMatchObject({
      code: 'KEY_EXPIRED',
      message: expect.stringContaining('2026-01-02T04:00:00Z'),
    });
  });

  it('to a Writer', async () => {
    const { id } = await scene.addKey();
    const writer = await addPerson(scene.server, 'writer');
    await grant(scene.server, { iamId: writer.iamId, roles: [`${SERVICE}Writer`], service: 'kms' });
    await scene.call(deleteKey, id);
    scene.server.clock.advance(30 * SECOND);
    await expect(scene.call(restoreKey, id, { token: writer.token })).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  });
});

describe('material in a restore', () => {
  const envelope = (payload: string) => ({
    metadata: { collectionType: KEY_TYPE, collectionTotal: 1 },
    resources: [{ payload }],
  });

  it.each([
    ['bare', { payload: MATERIAL }],
    ['in an envelope', envelope(MATERIAL)],
    ['of nothing', { payload: '' }],
    ['that is null', null],
  ])('%s is accepted where it is what the imported key has', async (_name, body) => {
    const { id } = await scene.addKey({ payload: MATERIAL });
    await deleted(id, 30 * SECOND);
    expect(first((await scene.call(restoreKey, id, { body })).output).state).toBe(1);
  });

  it.each([
    ['other material', true, Buffer.alloc(32, 8).toString('base64')],
    ['material of another size', true, Buffer.alloc(16, 7).toString('base64')],
    ['material that no key can have', true, 'AAAA'],
    ['any material of a generated key', false, MATERIAL],
  ])('%s is refused, and nothing changes', async (_name, imported, payload) => {
    const { id } = await scene.addKey(imported ? { payload: MATERIAL } : {});
    await deleted(id, 30 * SECOND);
    await expect(scene.call(restoreKey, id, { body: { payload } })).rejects.toMatchObject({
      code: 'INVALID_FIELD',
      target: { name: 'payload' },
    });
    expect((await scene.metadata(id)).state).toBe(5);
  });
});
