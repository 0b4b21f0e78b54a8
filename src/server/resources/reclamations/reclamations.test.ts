import { describe, expect, it } from 'vitest';
import { restoreKey } from '../../../contract/deletion/restore.ts';
import { createImportToken } from '../../../contract/import-tokens/create.ts';
import { createInstance } from '../../../contract/instances/create.ts';
import { deleteInstance } from '../../../contract/instances/delete.ts';
import { getInstance } from '../../../contract/instances/get.ts';
import { listInstances } from '../../../contract/instances/list.ts';
import { createKeyRing } from '../../../contract/key-rings/create.ts';
import { createKey } from '../../../contract/keys/creation/create.ts';
import { KEY_TYPE } from '../../../contract/keys/key.ts';
import { reclaimInstance, restoreInstance } from '../../../contract/reclamations/act.ts';
import { listReclamations } from '../../../contract/reclamations/list.ts';
import type { Reclamation } from '../../../contract/reclamations/reclamation.ts';
import type { Store } from '../../../store/store.ts';
import { reclaimInstances } from '../../jobs/reclaim-instances.ts';
import { DAY, type JobsScene, MINUTE, openJobs } from '../../jobs/testkit/jobs-scene.ts';
import { addPerson, grant, PLATFORM, SERVICE } from '../../testkit/people.ts';
import { startTestServer } from '../../testkit/test-server.ts';

const TABLES_OF_KEYS = [
  'keys',
  'key_versions',
  'key_policies',
  'key_aliases',
  'key_rings',
  'import_tokens',
  'instance_policies',
  'registrations',
  'instance_usage',
] as const;

/** A scene whose instance is deleted, with a key that could still be restored and what it had wrapped. */
interface Deleted {
  readonly scene: JobsScene;
  readonly guid: string;
  readonly key: { readonly id: string; readonly ciphertext: string };
  readonly reclamation: Reclamation;
}

async function openDeleted(): Promise<Deleted & AsyncDisposable> {
  const scene = await openJobs();
  const { server } = scene;
  const guid = scene.headers['bluemix-instance'];
  await server.call(createKeyRing, server.ownerToken, { headers: scene.headers, params: { id: 'payments' } } as never);
  await server.call(createImportToken, server.ownerToken, { headers: scene.headers, body: { expiration: 86_400 } } as never);
  const key = await scene.keyIn(5);
  await remove(scene, guid);
  const [reclamation] = await pending(scene);
  if (!reclamation) throw new Error('the deletion left no reclamation');
  return { scene, guid, key, reclamation, [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose]() };
}

const token = ({ server }: JobsScene) => server.logIn(server.ownerApiKey);
const remove = async (scene: JobsScene, id: string) => scene.server.call(deleteInstance, await token(scene), { params: { id } });
const pending = async (scene: JobsScene) =>
  (await scene.server.call(listReclamations, await token(scene), { query: {} })).output.resources;
const show = async (scene: JobsScene, id: string) =>
  (await scene.server.call(getInstance, await token(scene), { params: { id } })).output;
const act = async (scene: JobsScene, operation: typeof restoreInstance, id: string) =>
  (await scene.server.call(operation, await token(scene), { params: { id } })).output;

async function newKey(scene: JobsScene) {
  return scene.server.call(createKey, await token(scene), {
    headers: scene.headers,
    body: {
      metadata: { collectionType: KEY_TYPE, collectionTotal: 1 },
      resources: [{ type: KEY_TYPE, name: 'root', extractable: false }],
    },
  });
}

/** How many rows of an instance there are, in every table that holds some. */
async function rowsOf(store: Store, guid: string): Promise<number> {
  let count = 0;
  for (const table of TABLES_OF_KEYS) {
    const rows = await store.db.selectFrom(table).select('instance_id').where('instance_id', '=', guid).execute();
    count += rows.length;
  }
  return count;
}

async function actionsOf(scene: JobsScene): Promise<string[]> {
  return (await scene.server.auditRecords()).map(({ action }) => String(action));
}

describe('a deleted instance', () => {
  it('waits for seven days, and the key service answers as if there were none', async () => {
    await using at = await openDeleted();
    const { scene, guid, key, reclamation } = at;
    expect(reclamation).toMatchObject({
      state: 'SCHEDULED',
      entity_id: guid,
      resource_instance_id: guid,
      account_id: scene.server.account.accountId,
      resource_group_id: scene.server.account.resourceGroupId,
      target_time: '2026-01-09T03:04:05Z',
    });
    const shown = await show(scene, guid);
    expect(shown).toMatchObject({
      state: 'pending_reclamation',
      last_operation: { type: 'delete', state: 'succeeded' },
      scheduled_reclaim_at: reclamation.target_time,
      scheduled_reclaim_by: reclamation.created_by,
      deleted_at: null,
    });
    await expect(newKey(scene)).rejects.toMatchObject({ code: 'INSTANCE_UNKNOWN' });
    await expect(scene.unwrap(key.id, key.ciphertext)).rejects.toMatchObject({ code: 'INSTANCE_UNKNOWN' });
    await expect(remove(scene, guid)).rejects.toMatchObject({
      code: 'RESOURCE_GONE',
      message: expect.stringContaining('restored'),
    });
    const listed = async (query: object) =>
      (await scene.server.call(listInstances, await token(scene), { query })).output.resources.map((one) => one.guid);
    expect(await listed({})).toEqual([]);
    expect(await listed({ state: 'pending_reclamation' })).toEqual([guid]);
  });

  it('comes back with everything when it is restored, and unwraps what it had wrapped', async () => {
    await using at = await openDeleted();
    const { scene, guid, key, reclamation } = at;
    const before = await rowsOf(scene.server.store, guid);
    expect(await act(scene, restoreInstance, reclamation.id)).toMatchObject({ id: reclamation.id, state: 'RESTORED' });
    expect(await show(scene, guid)).toMatchObject({
      state: 'active',
      last_operation: { type: 'restore' },
      scheduled_reclaim_at: null,
      restored_by: reclamation.created_by,
      deleted_by: null,
    });
    expect(await rowsOf(scene.server.store, guid)).toBe(before);
    expect(await pending(scene)).toEqual([]);
    await scene.advance(MINUTE);
    await scene.call(restoreKey, key.id);
    expect((await scene.unwrap(key.id, key.ciphertext)).plaintext).toBe('AAAA');
    await newKey(scene);
    await expect(act(scene, restoreInstance, reclamation.id)).rejects.toMatchObject({ code: 'RECLAMATION_ENDED' });
    await expect(act(scene, reclaimInstance, reclamation.id)).rejects.toMatchObject({ code: 'RECLAMATION_ENDED' });
  });

  it('is destroyed when it is reclaimed: no row and no key of it is left, and it never unwraps again', async () => {
    await using at = await openDeleted();
    const { scene, guid, key, reclamation } = at;
    expect(await rowsOf(scene.server.store, guid)).toBeGreaterThan(4);
    expect(await act(scene, reclaimInstance, reclamation.id)).toMatchObject({ state: 'RECLAIMED' });
    expect(await rowsOf(scene.server.store, guid)).toBe(0);
    const row = await scene.server.store.db
      .selectFrom('instances')
      .selectAll()
      .where('guid', '=', guid)
      .executeTakeFirstOrThrow();
    expect([row.sealed_key.length, row.state, row.last_operation]).toEqual([0, 'removed', 'reclaim']);
    await expect(act(scene, restoreInstance, reclamation.id)).rejects.toMatchObject({ code: 'RECLAMATION_ENDED' });
    await expect(remove(scene, guid)).rejects.toMatchObject({ code: 'RESOURCE_GONE' });
    // Even whoever puts the row back as active has no key any more.
    await scene.server.store.change(['keys'], async (tx) => {
      await tx.updateTable('instances').set({ state: 'active' }).where('guid', '=', guid).execute();
    });
    await expect(scene.unwrap(key.id, key.ciphertext)).rejects.toMatchObject({ code: 'INSTANCE_UNINITIALIZED' });
    await expect(newKey(scene)).rejects.toMatchObject({ code: 'INSTANCE_UNINITIALIZED' });
  });

  it('is removed at once where the configuration gives it no time', async () => {
    await using server = await startTestServer({ lifecycle: { instanceReclamationSeconds: 0 } });
    const body = {
      name: 'short',
      target: 'us-south',
      resource_group: server.account.resourceGroupId,
      resource_plan_id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3',
    };
    const { guid } = (await server.call(createInstance, server.ownerToken, { body })).output;
    await server.call(deleteInstance, server.ownerToken, { params: { id: guid } });
    expect((await server.call(getInstance, server.ownerToken, { params: { id: guid } })).output.state).toBe('removed');
    expect((await server.call(listReclamations, server.ownerToken, { query: {} })).output.resources).toEqual([]);
  });

  it('is on record, each time, by the name of its service', async () => {
    await using at = await openDeleted();
    const { scene, guid, reclamation } = at;
    await act(scene, restoreInstance, reclamation.id);
    await remove(scene, guid);
    const [second] = await pending(scene);
    await act(scene, reclaimInstance, second?.id ?? '');
    const own = (await actionsOf(scene)).filter((action) => action.startsWith('kms.instance.'));
    expect(own).toEqual([
      'kms.instance.create',
      'kms.instance.delete',
      'kms.instance.restore',
      'kms.instance.delete',
      'kms.instance.reclaim',
    ]);
  });
});

describe('who may restore', () => {
  it('an Editor of the instance sees and restores it; a Viewer, a Writer and another account do not', async () => {
    await using at = await openDeleted();
    const { scene, guid, reclamation } = at;
    const { server } = scene;
    const other = await server.addAccount();
    const viewer = await addPerson(server, 'viewer');
    await grant(server, { iamId: viewer.iamId, roles: [`${PLATFORM}Viewer`, `${SERVICE}Writer`], service: 'kms' });
    const editor = await addPerson(server, 'editor');
    const attributes = [{ name: 'serviceInstance', value: guid }];
    await grant(server, { iamId: editor.iamId, roles: [`${PLATFORM}Editor`], service: 'kms', attributes });
    const list = async (by: string) => (await server.call(listReclamations, by, { query: {} })).output.resources.length;
    expect([await list(viewer.token), await list(other.token), await list(editor.token)]).toEqual([0, 0, 1]);
    const input = { params: { id: reclamation.id } };
    for (const operation of [restoreInstance, reclaimInstance]) {
      await expect(server.call(operation, viewer.token, input)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
      await expect(server.call(operation, other.token, input)).rejects.toMatchObject({ code: 'RECLAMATION_NOT_FOUND' });
    }
    expect((await server.call(restoreInstance, editor.token, input)).output.state).toBe('RESTORED');
    await expect(server.call(listReclamations, editor.token, { query: { account_id: other.accountId } })).rejects.toMatchObject({
      code: 'ACCOUNT_MISMATCH',
    });
  });
});

describe('a deleted instance that nobody restores', () => {
  it('is removed for good after seven days, by two looks, once and on record', async () => {
    await using at = await openDeleted();
    const { scene, guid, reclamation } = at;
    await scene.advance(7 * DAY - MINUTE);
    await scene.twoPasses();
    expect((await show(scene, guid)).state).toBe('pending_reclamation');
    await scene.advance(MINUTE);
    await scene.twoPasses();
    await scene.twoPasses();
    expect((await show(scene, guid)).state).toBe('removed');
    expect(await rowsOf(scene.server.store, guid)).toBe(0);
    const records = (await scene.server.auditRecords()).filter(({ action }) => action === 'kms.instance.reclaim');
    expect(records).toMatchObject([
      {
        initiator: { name: 'rootward' },
        responseData: { instanceID: guid, reclamationId: reclamation.id, reclaimAt: reclamation.target_time },
      },
    ]);
  });

  it('stays if it was restored between the two looks', async () => {
    await using at = await openDeleted();
    const { scene, guid, reclamation } = at;
    await scene.advance(7 * DAY);
    await scene.scheduler.pass();
    await act(scene, restoreInstance, reclamation.id);
    await scene.advance(10 * MINUTE);
    await scene.scheduler.pass();
    expect((await show(scene, guid)).state).toBe('active');
  });

  it('stays if it was restored and deleted anew after it was found due', async () => {
    await using at = await openDeleted();
    const { scene, guid, reclamation } = at;
    const { kms, store } = scene.server;
    await scene.advance(7 * DAY);
    const now = scene.server.clock.now();
    const job = reclaimInstances(kms);
    const due = await job.due(store.db, { before: now, after: undefined, limit: 10 });
    expect(due).toEqual([{ id: reclamation.id, dueAt: now }]);
    await act(scene, restoreInstance, reclamation.id);
    await remove(scene, guid);
    for (const item of due) {
      const done = await store.change(['keys'], (tx) => job.act(tx, item, { now, before: now }));
      expect(done).toBeUndefined();
    }
    expect((await show(scene, guid)).state).toBe('pending_reclamation');
    expect(await pending(scene)).toMatchObject([
      { state: 'SCHEDULED', target_time: new Date(now + 7 * DAY).toISOString().replace('.000', '') },
    ]);
  });

  it.each([
    ['forward', 3653 * DAY],
    ['back', -3653 * DAY],
  ])('stays while the clock has jumped %s by ten years', async (_way, jump) => {
    await using at = await openDeleted();
    const { scene, guid } = at;
    await scene.scheduler.pass();
    scene.server.clock.set(jump);
    for (let pass = 0; pass < 4; pass += 1) {
      await scene.scheduler.pass();
      scene.server.clock.advance(11 * MINUTE);
    }
    const { state } = await scene.server.store.db
      .selectFrom('instances')
      .select('state')
      .where('guid', '=', guid)
      .executeTakeFirstOrThrow();
    expect(state).toBe('pending_reclamation');
  });

  it('is removed once by two servers, also when one dies with the lease', async () => {
    await using at = await openDeleted();
    const { scene, guid } = at;
    await scene.scheduler.pass();
    await scene.advance(7 * DAY);
    const dead = { owner: 'dead', lease_until: scene.server.clock.now() + MINUTE, next_at: 0 };
    await scene.server.store.db.updateTable('jobs').set(dead).where('name', '=', 'reclaim').execute();
    await scene.twoPasses();
    const other = scene.another();
    await Promise.all([scene.scheduler.pass(), other.pass()]);
    await scene.advance(10 * MINUTE);
    await Promise.all([scene.scheduler.pass(), other.pass()]);
    expect((await show(scene, guid)).state).toBe('removed');
    expect((await actionsOf(scene)).filter((action) => action === 'kms.instance.reclaim')).toHaveLength(1);
  });
});

it('a key that is created while its instance is deleted is in an instance that stays, or not at all', async () => {
  await using scene = await openJobs();
  const guid = scene.headers['bluemix-instance'];
  const [made, removed] = await Promise.allSettled([newKey(scene), remove(scene, guid)]);
  const { state } = await show(scene, guid);
  expect([made.status, removed.status, state]).toEqual(
    made.status === 'fulfilled' ? ['fulfilled', 'rejected', 'active'] : ['rejected', 'fulfilled', 'pending_reclamation'],
  );
  if (made.status === 'rejected') expect(made.reason).toMatchObject({ code: 'INSTANCE_UNKNOWN' });
});
