import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { purgeKey } from '../../../contract/deletion/purge.ts';
import { restoreKey } from '../../../contract/deletion/restore.ts';
import { listKeys } from '../../../contract/key-list/list.ts';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { getKey } from '../../../contract/keys/get.ts';
import { readKeyMetadata } from '../../../contract/keys/metadata.ts';
import { unwrapDek } from '../../../contract/keys/use/unwrap.ts';
import { listKeyVersions } from '../../../contract/keys/versions.ts';
import { createRegistration } from '../../../contract/registrations/create.ts';
import { addCluster } from '../../testkit/clusters.ts';
import { addPerson, authorize, grant, SERVICE, type TestPerson } from '../../testkit/people.ts';
import { createKeyMaterial } from '../key-material.ts';
import { first, type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

const HOUR = 3_600_000;
const KEY_PURGE = 'crn:v1:bluemix:public:kms::::serviceRole:KeyPurge';

let scene: KeyScene;
let purger: TestPerson;
beforeEach(async () => {
  scene = await openKeyScene();
  purger = await addPerson(scene.server, 'purger');
  await grant(scene.server, { iamId: purger.iamId, roles: [KEY_PURGE], service: 'kms' });
});
afterEach(() => scene[Symbol.asyncDispose]());

async function later(milliseconds: number): Promise<void> {
  await scene.advance(milliseconds);
  purger = { ...purger, token: await scene.server.logIn(purger.apiKey) };
}
const purge = (id: string, headers: object = {}) => scene.call(purgeKey, id, { token: purger.token, headers });

/** Every row of every table that names the key. */
async function rowsOf(id: string): Promise<Record<string, number>> {
  const { db } = scene.server.store;
  const counts: Record<string, number> = {};
  for (const table of ['key_versions', 'key_aliases', 'key_policies', 'registrations'] as const)
    counts[table] = (await db.selectFrom(table).selectAll().where('key_id', '=', id).execute()).length;
  counts.keys = (await db.selectFrom('keys').selectAll().where('id', '=', id).execute()).length;
  return counts;
}

/** A deleted key with a row in every table: an alias, a policy, a hidden registration, and an event that nobody has acknowledged. */
async function richKey(): Promise<{ id: string; ciphertext: string }> {
  await authorize(scene.server, { roles: [`${SERVICE}Reader`], service: 'kms' });
  const cluster = await addCluster(scene.server, 'cluster1');
  const { id } = await scene.addKey();
  const ciphertext = await scene.wrap(id);
  const { guid } = { guid: scene.headers['bluemix-instance'] };
  const by = { created_at: 1, created_by: 'somebody', account_id: scene.server.account.accountId, instance_id: guid, key_id: id };
  await scene.server.store.change(['keys'], async (tx) => {
    await tx
      .insertInto('key_aliases')
      .values({ ...by, alias: 'payroll', position: 1 })
      .execute();
    await tx
      .insertInto('key_policies')
      .values({
        ...by,
        type: 'rotation',
        id: 'p',
        enabled: 0,
        interval_month: 3,
        next_rotation_at: null,
        updated_at: 1,
        updated_by: '',
      })
      .execute();
  });
  await scene.server.pipeline.invoke(createRegistration, cluster.service, {
    headers: scene.headers,
    params: { id, crn: cluster.crn },
    body: { metadata: { collectionTotal: 1 }, resources: [{ preventKeyDeletion: false }] },
  });
  await scene.call(deleteKey, id, { query: { force: 'true' } });
  return { id, ciphertext };
}

describe('a purge', () => {
  it('answers 204, or 200 with the key as it was', async () => {
    const [plain, shown] = [await scene.addKey(), await scene.addKey()];
    for (const { id } of [plain, shown]) await scene.call(deleteKey, id);
    await later(4 * HOUR);
    expect((await purge(plain.id)).status).toBe(204);
    const outcome = await purge(shown.id, { prefer: 'return=representation' });
    expect(outcome.status).toBe(200);
    expect(first(outcome.output)).toMatchObject({ id: shown.id, state: 5, deleted: true, purgeAllowed: true });
  });

  it('leaves no row of the key, also none of a hidden registration, and waits for nobody any more', async () => {
    const { id } = await richKey();
    expect(await rowsOf(id)).toEqual({ key_versions: 1, key_aliases: 1, key_policies: 1, registrations: 1, keys: 1 });
    expect(await scene.server.events.pendingFor('containers-kubernetes', 10)).toHaveLength(1);
    await later(4 * HOUR);
    await purge(id);
    expect(await rowsOf(id)).toEqual({ key_versions: 0, key_aliases: 0, key_policies: 0, registrations: 0, keys: 0 });
    expect(await scene.server.events.pendingFor('containers-kubernetes', 10)).toHaveLength(0);
  });

  it('touches no other key', async () => {
    const other = await scene.addKey();
    const ciphertext = await scene.wrap(other.id);
    const { id } = await richKey();
    await later(4 * HOUR);
    await purge(id);
    expect((await scene.unwrap(other.id, ciphertext)).plaintext).toBe('AAAA');
    expect(await rowsOf(other.id)).toMatchObject({ key_versions: 1, keys: 1 });
  });

  it('is the end: every operation then answers as for a key that never was', async () => {
    const { id, ciphertext } = await richKey();
    await later(4 * HOUR);
    await purge(id);
    const missing = { code: 'KEY_NOT_FOUND' };
    for (const operation of [getKey, readKeyMetadata, listKeyVersions, deleteKey, restoreKey] as const)
      await expect(scene.call(operation as typeof getKey, id)).rejects.toMatchObject(missing);
    await expect(scene.call(unwrapDek, id, { body: { ciphertext } })).rejects.toMatchObject(missing);
    await expect(purge(id)).rejects.toMatchObject(missing);
    const { output } = await scene.server.call(listKeys, await scene.server.logIn(scene.server.ownerApiKey), {
      headers: scene.headers,
      query: { state: '0,1,2,3,5' },
    });
    expect(output.resources.map((key) => key.id)).not.toContain(id);
  });

  it('is on record with when the key was deleted and since when it could be purged', async () => {
    const { id } = await scene.addKey();
    await scene.call(deleteKey, id);
    await later(5 * HOUR);
    await purge(id);
    const record = (await scene.server.auditRecords()).find(({ action }) => action === 'kms.secrets.purge');
    expect(record).toMatchObject({
      outcome: 'success',
      responseData: {
        keyId: id,
        deletionDate: '2026-01-02T03:04:05Z',
        purgeAllowedFrom: '2026-01-02T07:04:05Z',
        purgeEligibleOn: '2026-01-02T07:04:05Z',
      },
    });
  });
});

describe('a purge is refused', () => {
  it.each([1, 2, 3] as const)('with KEY_STATE for a key in state %i', async (state) => {
    const { id } = await scene.keyIn(state);
    await later(5 * HOUR);
    await expect(purge(id)).rejects.toMatchObject({ code: 'KEY_STATE' });
    expect(await rowsOf(id)).toMatchObject({ keys: 1, key_versions: 1 });
  });

  it('earlier than 4 h after the deletion, and not at 4 h', async () => {
    const { id } = await scene.addKey();
    await scene.call(deleteKey, id);
    await later(4 * HOUR - 1);
    expect((await scene.metadata(id)).purgeAllowed).toBe(false);
    await expect(purge(id)).rejects.toMatchObject({
      code: 'TOO_EARLY',
      message: expect.stringContaining('2026-01-02T07:04:05Z'),
    });
    await later(1);
    expect((await scene.metadata(id)).purgeAllowed).toBe(true);
    await purge(id);
  });

  it('to a Manager, for KeyPurge alone carries it', async () => {
    const manager = await addPerson(scene.server, 'manager');
    await grant(scene.server, { iamId: manager.iamId, roles: [`${SERVICE}Manager`], service: 'kms' });
    const { id } = await scene.addKey();
    await scene.call(deleteKey, id);
    await later(4 * HOUR);
    const token = await scene.server.logIn(manager.apiKey);
    await expect(scene.call(purgeKey, id, { token })).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    expect(await rowsOf(id)).toMatchObject({ keys: 1 });
  });
});

it('opened versions of a forgotten key leave the memory, also one that is being read at that moment', async () => {
  const { store, barrier } = scene.server;
  const { id } = await scene.addKey();
  const instance = await store.db.selectFrom('instances').selectAll().executeTakeFirstOrThrow();
  const material = createKeyMaterial({ store, barrier, versionsKept: 10 });
  await material.openVersion(instance, id, id);
  expect(material.openVersion(instance, id, id)).not.toBeInstanceOf(Promise);
  material.forget(id);
  const reading = material.openVersion(instance, id, id);
  expect(reading).toBeInstanceOf(Promise);
  material.forget(id);
  await reading;
  expect(material.openVersion(instance, id, id)).toBeInstanceOf(Promise);
});
