import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizeDeletion } from '../../../contract/deletion/authorize.ts';
import { restoreKey } from '../../../contract/deletion/restore.ts';
import { withdrawDeletion } from '../../../contract/deletion/withdraw.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { createRegistration } from '../../../contract/registrations/create.ts';
import { addCluster, type TestCluster } from '../../testkit/clusters.ts';
import { addPerson, authorize, grant, SERVICE, type TestPerson } from '../../testkit/people.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';
import { setKeyPolicies } from '../testkit/set-policies.ts';

const WEEK = 7 * 86_400_000;
const NOT_MET = { code: 'KEY_DELETION_AUTHORIZATIONS' };

let scene: KeyScene;
let writer: TestPerson;
let manager: TestPerson;
let cluster: TestCluster;
beforeAll(async () => {
  scene = await openKeyScene();
  writer = await addPerson(scene.server, 'writer');
  manager = await addPerson(scene.server, 'manager');
  await grant(scene.server, { iamId: writer.iamId, roles: [`${SERVICE}Writer`], service: 'kms' });
  await grant(scene.server, { iamId: manager.iamId, roles: [`${SERVICE}Manager`], service: 'kms' });
  cluster = await addCluster(scene.server, 'payments');
  await authorize(scene.server, { roles: [`${SERVICE}Reader`], service: 'kms' });
});
afterAll(() => scene[Symbol.asyncDispose]());

/** Token of a person as of now: one lives an hour. */
const as = async ({ apiKey }: TestPerson) => ({ token: await scene.server.logIn(apiKey) });

async function dualKey(fields: object = {}): Promise<string> {
  const { id } = await scene.addKey(fields);
  await setKeyPolicies(scene, id, { dualAuthDelete: { enabled: true } });
  return id;
}

const dualAuthOf = async (id: string) => (await scene.metadata(id)).dualAuthDelete;

describe('a key with dual authorization', () => {
  it('is deleted by two people: a Writer authorizes, another Manager deletes', async () => {
    const id = await dualKey();
    await expect(scene.call(deleteKey, id)).rejects.toMatchObject(NOT_MET);
    await scene.call(authorizeDeletion, id, await as(writer));
    expect((await scene.metadata(id)).state).toBe(1);
    await scene.wrap(id);
    await scene.call(deleteKey, id, await as(manager));
    expect((await scene.metadata(id)).state).toBe(5);
  });

  it('tells until when the authorization holds', async () => {
    const id = await dualKey();
    expect(await dualAuthOf(id)).toEqual({ enabled: true, keySetForDeletion: false });
    await scene.call(authorizeDeletion, id);
    const authExpiration = new Date(scene.server.clock.now() + WEEK).toISOString().replace('.000Z', 'Z');
    expect(await dualAuthOf(id)).toEqual({ enabled: true, keySetForDeletion: true, authExpiration });
  });

  it('is not deleted by the one who authorized it', async () => {
    const id = await dualKey();
    await scene.call(authorizeDeletion, id, await as(manager));
    await expect(scene.call(deleteKey, id, await as(manager))).rejects.toMatchObject(NOT_MET);
    await scene.call(deleteKey, id);
  });

  it('is not deleted by force instead', async () => {
    const id = await dualKey();
    await expect(scene.call(deleteKey, id, { query: { force: true } })).rejects.toMatchObject(NOT_MET);
    await scene.call(authorizeDeletion, id);
    await expect(scene.call(deleteKey, id, { query: { force: true } })).rejects.toMatchObject(NOT_MET);
  });

  it('of the standard kind needs two people too', async () => {
    const id = await dualKey({ extractable: true });
    await expect(scene.call(deleteKey, id)).rejects.toMatchObject(NOT_MET);
    await scene.call(authorizeDeletion, id, await as(writer));
    await scene.call(deleteKey, id);
  });

  it('needs a Manager as the second', async () => {
    const id = await dualKey();
    await scene.call(authorizeDeletion, id);
    await expect(scene.call(deleteKey, id, await as(writer))).rejects.toMatchObject({ code: 'ACTION_DENIED' });
  });
});

describe('an authorization to delete', () => {
  it('lapses after a week, to the second', async () => {
    const id = await dualKey();
    await scene.call(authorizeDeletion, id, await as(writer));
    await scene.advance(WEEK - 1000);
    expect(await dualAuthOf(id)).toMatchObject({ keySetForDeletion: true });
    await scene.advance(1000);
    expect(await dualAuthOf(id)).toEqual({ enabled: true, keySetForDeletion: false });
    await expect(scene.call(deleteKey, id)).rejects.toMatchObject(NOT_MET);
  });

  it('is renewed by another, who is then the first of the two', async () => {
    const id = await dualKey();
    await scene.call(authorizeDeletion, id, await as(writer));
    await scene.advance(WEEK - 1000);
    await scene.call(authorizeDeletion, id, await as(manager));
    await scene.advance(WEEK - 1000);
    await expect(scene.call(deleteKey, id, await as(manager))).rejects.toMatchObject(NOT_MET);
    await scene.call(deleteKey, id);
  });

  it('can be taken back, also where there is none', async () => {
    const id = await dualKey();
    await scene.call(authorizeDeletion, id, await as(writer));
    await scene.call(withdrawDeletion, id, await as(manager));
    await expect(scene.call(deleteKey, id)).rejects.toMatchObject(NOT_MET);
    await scene.call(withdrawDeletion, id);
  });

  it('holds for one deletion only', async () => {
    const id = await dualKey();
    await scene.call(authorizeDeletion, id, await as(writer));
    await scene.call(deleteKey, id);
    await scene.advance(30_000);
    await scene.call(restoreKey, id);
    expect(await dualAuthOf(id)).toEqual({ enabled: true, keySetForDeletion: false });
    await expect(scene.call(deleteKey, id)).rejects.toMatchObject(NOT_MET);
  });

  it('is refused for a key without the policy, or with one that is off', async () => {
    const { id } = await scene.addKey();
    for (const operation of [authorizeDeletion, withdrawDeletion])
      await expect(scene.call(operation, id)).rejects.toMatchObject({ code: 'KEY_NOT_DUAL_AUTH' });
    await setKeyPolicies(scene, id, { dualAuthDelete: { enabled: false } });
    await expect(scene.call(authorizeDeletion, id)).rejects.toMatchObject({ code: 'KEY_NOT_DUAL_AUTH' });
    await scene.call(deleteKey, id);
  });

  it('is refused for a deleted key', async () => {
    const id = await dualKey();
    await scene.call(authorizeDeletion, id, await as(writer));
    await scene.call(deleteKey, id);
    for (const operation of [authorizeDeletion, withdrawDeletion])
      await expect(scene.call(operation, id)).rejects.toMatchObject({ code: 'KEY_DELETED' });
  });

  it('is on record with who gave it and until when', async () => {
    const id = await dualKey();
    await scene.call(authorizeDeletion, id, await as(writer));
    await scene.call(withdrawDeletion, id);
    const records = await scene.server.auditRecords();
    const newValue = { authID: writer.iamId, authExpiration: expect.stringMatching(/Z$/) };
    expect(records.filter(({ action }) => action === 'kms.secrets.setkeyfordeletion').at(-1)).toMatchObject({
      severity: 'warning',
      responseData: { keyId: id, initialValue: {}, newValue },
    });
    expect(records.filter(({ action }) => action === 'kms.secrets.unsetkeyfordeletion').at(-1)).toMatchObject({
      severity: 'warning',
      responseData: { keyId: id, initialValue: newValue, newValue: {} },
    });
  });
});

it('dual authorization is asked for before registrations are looked at', async () => {
  const id = await dualKey();
  await scene.server.pipeline.invoke(createRegistration, cluster.service, {
    headers: scene.headers,
    params: { id, crn: cluster.crn },
    body: { metadata: { collectionTotal: 1 }, resources: [{ preventKeyDeletion: true }] },
  });
  await expect(scene.call(deleteKey, id)).rejects.toMatchObject(NOT_MET);
  await scene.call(authorizeDeletion, id, await as(writer));
  await expect(scene.call(deleteKey, id, { query: { force: true } })).rejects.toMatchObject({ code: 'KEY_DELETION_PREVENTED' });
});
