import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyWithPolicies } from '../../../contract/keys/creation/create-with-policies.ts';
import { KEY_TYPE, type Key } from '../../../contract/keys/key.ts';
import { listKeyPolicies } from '../../../store/kms/key-policies.ts';
import { addPerson, grant, SERVICE } from '../../testkit/people.ts';
import { first, type KeyScene, openKeyScene } from '../testkit/key-scene.ts';
import { keyPolicies, policyBody, setInstancePolicy } from '../testkit/set-policies.ts';

const MATERIAL = Buffer.alloc(32, 7).toString('base64');
const MONTH = 30 * 86_400_000;

let scene: KeyScene;
beforeAll(async () => {
  scene = await openKeyScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

const kindsOf = async ({ id }: Key): Promise<string[]> =>
  (await keyPolicies(scene, id)).map((policy) => Object.keys(policy).at(-1) ?? '');

async function addWithOverrides(fields: object, token?: string): Promise<Key> {
  const body = policyBody({ type: KEY_TYPE, name: 'a key', extractable: false, ...fields });
  return first((await scene.call(createKeyWithPolicies, '', { body, ...(token !== undefined && { token }) })).output);
}

describe('a new key', () => {
  it('has no policy where the instance has none', async () => {
    expect(await kindsOf(await scene.addKey())).toEqual([]);
  });

  it('inherits the rotation of the instance if it is a generated root key', async () => {
    await setInstancePolicy(scene, 'rotation', true, { interval_month: 4 });
    const key = await scene.addKey();
    expect(key.rotation).toEqual({ enabled: true, interval_month: 4 });
    const [row] = await listKeyPolicies(scene.server.store.db, key.id);
    expect(Number(row?.next_rotation_at)).toBe(scene.server.clock.now() + 4 * MONTH);
    expect(await kindsOf(await scene.addKey({ payload: MATERIAL }))).toEqual([]);
    expect(await kindsOf(await scene.addKey({ extractable: true }))).toEqual([]);
    await setInstancePolicy(scene, 'rotation', false);
    expect(await kindsOf(await scene.addKey())).toEqual([]);
    expect(await kindsOf(key)).toEqual(['rotation']);
  });

  it('of any kind inherits the dual authorization of the instance, and older keys do not', async () => {
    const older = await scene.addKey();
    await setInstancePolicy(scene, 'dualAuthDelete', true);
    for (const fields of [{}, { payload: MATERIAL }, { extractable: true }]) {
      const key = await scene.addKey(fields);
      expect(key.dualAuthDelete).toEqual({ enabled: true, keySetForDeletion: false });
      expect(await kindsOf(key)).toEqual(['dualAuthDelete']);
    }
    expect(await kindsOf(older)).toEqual([]);
    await setInstancePolicy(scene, 'dualAuthDelete', false);
    expect((await scene.addKey()).dualAuthDelete).toEqual({ enabled: false });
  });
});

describe('a key with overrides', () => {
  it('inherits nothing, whatever the policies of the instance', async () => {
    await setInstancePolicy(scene, 'rotation', true, { interval_month: 4 });
    await setInstancePolicy(scene, 'dualAuthDelete', true);
    expect(await kindsOf(await addWithOverrides({}))).toEqual([]);
    expect((await addWithOverrides({ rotation: { interval_month: 2 } })).rotation).toEqual({ enabled: true, interval_month: 2 });
    expect(await kindsOf(await addWithOverrides({ dualAuthDelete: { enabled: true } }))).toEqual(['dualAuthDelete']);
    await setInstancePolicy(scene, 'rotation', false);
    await setInstancePolicy(scene, 'dualAuthDelete', false);
  });

  it('may have both policies, also turned off', async () => {
    const both = { rotation: { enabled: false, interval_month: 2 }, dualAuthDelete: { enabled: false } };
    const key = await addWithOverrides(both);
    expect(await keyPolicies(scene, key.id)).toMatchObject([
      { dualAuthDelete: { enabled: false } },
      { rotation: { enabled: false, interval_month: 2 } },
    ]);
  });

  it.each([
    [{ rotation: { interval_month: 13 } }, 'INVALID_FIELD'],
    [{ rotation: { enabled: true } }, 'INVALID_FIELD'],
    [{ rotation: { interval_month: 1 }, payload: MATERIAL }, 'INVALID_FIELD'],
    [{ rotation: { interval_month: 1 }, extractable: true }, 'KEY_ROOT_REQUIRED'],
    [{ dualAuthDelete: {} }, 'INVALID_FIELD'],
  ])('%j is refused, and there is no key', async (fields, code) => {
    const count = async () => (await scene.server.store.db.selectFrom('keys').select('id').execute()).length;
    const before = await count();
    await expect(addWithOverrides(fields)).rejects.toMatchObject({ code });
    expect(await count()).toBe(before);
  });

  it('is for Managers, and on record as what it is', async () => {
    const writer = await addPerson(scene.server, 'writer');
    await grant(scene.server, { iamId: writer.iamId, roles: [`${SERVICE}Writer`], service: 'kms' });
    await expect(addWithOverrides({}, writer.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    const actions = (await scene.server.auditRecords()).map(({ action }) => action);
    expect(actions).toContain('kms.secrets-with-policy-overrides.create');
  });
});
