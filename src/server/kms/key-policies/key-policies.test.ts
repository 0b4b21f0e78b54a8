import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putKeyPolicies } from '../../../contract/key-policies/put.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { disableKey } from '../../../contract/keys/disable.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import { listKeyPolicies } from '../../../store/kms/key-policies.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';
import { keyPolicies, policyBody, setKeyPolicies } from '../testkit/set-policies.ts';

const MONTH = 30 * 86_400_000;
const MATERIAL = Buffer.alloc(32, 7).toString('base64');

let scene: KeyScene;
beforeAll(async () => {
  scene = await openKeyScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

async function rootKey(): Promise<string> {
  return (await scene.addKey()).id;
}

async function dueAt(id: string): Promise<number | null | undefined> {
  const rows = await listKeyPolicies(scene.server.store.db, id);
  const row = rows.find(({ type }) => type === 'rotation');
  return row && (row.next_rotation_at === null ? null : Number(row.next_rotation_at));
}

async function rotationOf(id: string) {
  return (await keyPolicies(scene, id, { policy: 'rotation' }))[0]?.rotation;
}

describe('a policy of a key', () => {
  it('has an id, a CRN and a record of who set it, of its own', async () => {
    const id = await rootKey();
    const [policy] = await setKeyPolicies(scene, id, {
      type: 'application/vnd.ibm.kms.policy+json',
      rotation: { interval_month: 3 },
    });
    const { accountId, ownerIamId } = scene.server.account;
    expect(policy).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      crn: `crn:v1:bluemix:public:kms:us-south:a/${accountId}:${scene.headers['bluemix-instance']}:policy:${policy?.id}`,
      type: 'application/vnd.ibm.kms.policy+json',
      createdBy: ownerIamId,
      updatedBy: ownerIamId,
      creationDate: expect.stringMatching(/Z$/),
      lastUpdateDate: expect.stringMatching(/Z$/),
      rotation: { enabled: true, interval_month: 3 },
    });
    expect(policy?.id).not.toBe(id);
  });

  it('keeps its id and its creation when it is set again', async () => {
    const id = await rootKey();
    const [first] = await setKeyPolicies(scene, id, { rotation: { interval_month: 3 } });
    await scene.advance(5000);
    const [second] = await setKeyPolicies(scene, id, { rotation: { interval_month: 4 } });
    expect(second).toMatchObject({ id: first?.id, creationDate: first?.creationDate });
    expect(second?.lastUpdateDate).not.toBe(first?.lastUpdateDate);
  });

  it('is one resource per kind, several in one request, and shown one by one where asked', async () => {
    const id = await rootKey();
    const set = await setKeyPolicies(scene, id, { rotation: { interval_month: 1 } }, { dualAuthDelete: { enabled: false } });
    expect(set).toHaveLength(2);
    expect((await keyPolicies(scene, id)).map((policy) => Object.keys(policy).at(-1))).toEqual(['dualAuthDelete', 'rotation']);
    expect(await keyPolicies(scene, id, { policy: 'rotation' })).toHaveLength(1);
    expect(await keyPolicies(scene, await rootKey(), { policy: 'rotation' })).toEqual([]);
  });

  it('is shown for a deleted key, and cannot be set', async () => {
    const id = await rootKey();
    await setKeyPolicies(scene, id, { rotation: { interval_month: 1 } });
    await scene.call(deleteKey, id);
    expect(await keyPolicies(scene, id)).toHaveLength(1);
    await expect(setKeyPolicies(scene, id, { rotation: { interval_month: 2 } })).rejects.toMatchObject({ code: 'KEY_DELETED' });
  });

  it('can be set for a suspended key', async () => {
    const id = await rootKey();
    await scene.call(disableKey, id);
    expect(await setKeyPolicies(scene, id, { rotation: { interval_month: 2 } })).toHaveLength(1);
  });

  it('is on record with what it was and what it is', async () => {
    const id = await rootKey();
    await setKeyPolicies(scene, id, { rotation: { interval_month: 1 } });
    await setKeyPolicies(scene, id, { rotation: { enabled: false } });
    const record = (await scene.server.auditRecords()).filter(({ action }) => action === 'kms.policies.write').at(-1);
    expect(record).toMatchObject({
      severity: 'warning',
      requestData: {
        initialValue: { rotation: { enabled: true, interval_month: 1 } },
        newValue: { rotation: { enabled: false, interval_month: 1 } },
      },
    });
  });
});

describe('a rotation policy', () => {
  it('is turned on by its interval alone', async () => {
    const id = await rootKey();
    await setKeyPolicies(scene, id, { rotation: { interval_month: 5 } });
    expect(await rotationOf(id)).toEqual({ enabled: true, interval_month: 5 });
    expect((await scene.metadata(id)).rotation).toEqual({ enabled: true, interval_month: 5 });
  });

  it('keeps its interval when it is turned off and on by itself', async () => {
    const id = await rootKey();
    await setKeyPolicies(scene, id, { rotation: { interval_month: 5 } });
    await setKeyPolicies(scene, id, { rotation: { enabled: false } });
    expect(await rotationOf(id)).toEqual({ enabled: false, interval_month: 5 });
    await setKeyPolicies(scene, id, { rotation: { enabled: true } });
    expect(await rotationOf(id)).toEqual({ enabled: true, interval_month: 5 });
  });

  it('may begin turned off, and keeps the interval for later', async () => {
    const id = await rootKey();
    await setKeyPolicies(scene, id, { rotation: { enabled: false, interval_month: 3 } });
    expect(await dueAt(id)).toBeNull();
    await setKeyPolicies(scene, id, { rotation: { enabled: true } });
    expect(await rotationOf(id)).toEqual({ enabled: true, interval_month: 3 });
  });

  it.each([-1, 0, 13])('of %d months is refused by the name of the field, and changes nothing', async (interval_month) => {
    const id = await rootKey();
    await expect(setKeyPolicies(scene, id, { rotation: { interval_month } })).rejects.toMatchObject({
      code: 'INVALID_FIELD',
      target: { type: 'field', name: 'interval_month' },
    });
    expect(await keyPolicies(scene, id)).toEqual([]);
  });

  it.each([1.5, '3', null])('of %j months is refused by the name of the field', async (interval_month) => {
    const id = await rootKey();
    const refused = await setKeyPolicies(scene, id, { rotation: { interval_month } }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'INVALID_FIELD', message: expect.stringContaining('interval_month') });
  });

  it('without an interval, where none is known, is refused', async () => {
    const id = await rootKey();
    for (const rotation of [{ enabled: true }, { enabled: false }])
      await expect(setKeyPolicies(scene, id, { rotation })).rejects.toMatchObject({ target: { name: 'interval_month' } });
    await expect(setKeyPolicies(scene, id, { rotation: {} })).rejects.toMatchObject({ code: 'INVALID_FIELD' });
  });

  it('is for generated root keys only', async () => {
    const standard = (await scene.addKey({ extractable: true })).id;
    const imported = (await scene.addKey({ payload: MATERIAL })).id;
    const rotation = { interval_month: 1 };
    await expect(setKeyPolicies(scene, standard, { rotation })).rejects.toMatchObject({ code: 'KEY_ROOT_REQUIRED' });
    await expect(setKeyPolicies(scene, imported, { rotation })).rejects.toMatchObject({ code: 'INVALID_FIELD' });
    for (const id of [standard, imported]) expect(await keyPolicies(scene, id)).toEqual([]);
  });

  it('is due one interval after it was turned on, and a change of the interval does not begin it anew', async () => {
    const id = await rootKey();
    const start = scene.server.clock.now();
    await setKeyPolicies(scene, id, { rotation: { interval_month: 2 } });
    expect(await dueAt(id)).toBe(start + 2 * MONTH);
    await scene.advance(MONTH);
    await setKeyPolicies(scene, id, { rotation: { interval_month: 3 } });
    expect(await dueAt(id)).toBe(start + 3 * MONTH);
  });

  it('is due one interval after the latest rotation, which a manual one also is', async () => {
    const id = await rootKey();
    await scene.call(rotateKey, id);
    const rotatedAt = scene.server.clock.now();
    await scene.advance(MONTH / 2);
    await setKeyPolicies(scene, id, { rotation: { interval_month: 1 } });
    expect(await dueAt(id)).toBe(rotatedAt + MONTH);
    await scene.call(rotateKey, id);
    expect(await dueAt(id)).toBe(scene.server.clock.now() + MONTH);
  });

  it('is never due while it is off, and a manual rotation does not turn it on', async () => {
    const id = await rootKey();
    await setKeyPolicies(scene, id, { rotation: { interval_month: 1 } });
    await setKeyPolicies(scene, id, { rotation: { enabled: false } });
    expect(await dueAt(id)).toBeNull();
    await scene.call(rotateKey, id);
    expect(await dueAt(id)).toBeNull();
  });
});

describe('a dual-authorization policy', () => {
  it('that is off counts as a policy; it can be turned on, and never off again', async () => {
    const id = await rootKey();
    await setKeyPolicies(scene, id, { dualAuthDelete: { enabled: false } });
    expect(await keyPolicies(scene, id)).toMatchObject([{ dualAuthDelete: { enabled: false } }]);
    await setKeyPolicies(scene, id, { dualAuthDelete: { enabled: true } });
    await expect(setKeyPolicies(scene, id, { dualAuthDelete: { enabled: false } })).rejects.toMatchObject({
      code: 'KEY_DUAL_AUTH_KEPT',
    });
    expect(await keyPolicies(scene, id)).toMatchObject([{ dualAuthDelete: { enabled: true } }]);
  });

  it('is for standard keys too', async () => {
    const { id } = await scene.addKey({ extractable: true });
    expect(await setKeyPolicies(scene, id, { dualAuthDelete: { enabled: true } })).toHaveLength(1);
  });

  it('that may not be turned off takes the whole request with it', async () => {
    const id = await rootKey();
    await setKeyPolicies(scene, id, { dualAuthDelete: { enabled: true } });
    await expect(
      setKeyPolicies(scene, id, { rotation: { interval_month: 1 } }, { dualAuthDelete: { enabled: false } }),
    ).rejects.toMatchObject({ code: 'KEY_DUAL_AUTH_KEPT' });
    expect(await rotationOf(id)).toBeUndefined();
  });
});

describe('a request that sets policies of a key', () => {
  const rotation = { rotation: { interval_month: 1 } };
  const dual = { dualAuthDelete: { enabled: false } };

  it.each([
    ['another kind than the query parameter', { policy: 'rotation' }, policyBody(dual), 'POLICY_QUERY_MISMATCH'],
    ['two resources for a query parameter', { policy: 'rotation' }, policyBody(rotation, dual), 'POLICY_RESOURCE_COUNT'],
    ['no resource for a query parameter', { policy: 'rotation' }, policyBody(), 'POLICY_RESOURCE_COUNT'],
    ['no resource', {}, policyBody(), 'BAD_BODY'],
    ['a kind twice', {}, policyBody(rotation, rotation), 'BAD_BODY'],
    ['both kinds in one resource', {}, policyBody({ ...rotation, ...dual }), 'BAD_BODY'],
    ['neither kind', {}, policyBody({ type: 'x' }), 'BAD_BODY'],
    ['no body', {}, undefined, 'NO_BODY'],
    ['null as its body', {}, null, 'NO_BODY'],
    ['another total', {}, { metadata: { collectionTotal: 2 }, resources: [rotation] }, 'COLLECTION_TOTAL_MISMATCH'],
    ['no metadata', {}, { resources: [rotation] }, 'BAD_BODY'],
    ['a policy that there is not', { policy: 'nonsense' }, policyBody(rotation), 'INVALID_QUERY'],
    ['an enabled that is a text', {}, policyBody({ dualAuthDelete: { enabled: 'true' } }), 'INVALID_FIELD'],
  ])('with %s is refused and changes nothing', async (_what, query, body, code) => {
    const id = await rootKey();
    await expect(scene.call(putKeyPolicies, id, { query, body })).rejects.toMatchObject({ code });
    expect(await keyPolicies(scene, id)).toEqual([]);
  });

  it('takes the fields in any case, as some clients write them', async () => {
    const id = await rootKey();
    const [policy] = await setKeyPolicies(scene, id, { Rotation: { Interval_Month: 2 } });
    expect(policy?.rotation).toEqual({ enabled: true, interval_month: 2 });
  });
});
