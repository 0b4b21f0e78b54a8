import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countKeys } from '../../../contract/key-list/count.ts';
import { listKeys } from '../../../contract/key-list/list.ts';
import { deleteKeyRing } from '../../../contract/key-rings/delete.ts';
import { OPERATIONS } from '../../../contract/operations.ts';
import { DAY, openJobs } from '../../jobs/testkit/jobs-scene.ts';
import { createMetrics } from '../../operate/metrics.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

const CRN = 'crn:v1:bluemix:public:containers-kubernetes:us-south:a/0123456789abcdef0123456789abcdef:c1::';
const ON_A_KEY = OPERATIONS.filter(({ api, http }) => api === 'key-protect' && http.path.startsWith('/api/v2/keys/:id'));
const REGISTRATION = {
  metadata: { collectionType: 'application/vnd.ibm.kms.registration_input+json', collectionTotal: 1 },
  resources: [{ preventKeyDeletion: false }],
};
const BODIES: Readonly<Record<string, (ciphertext: string) => unknown>> = {
  'keys.wrap': () => ({ plaintext: 'AAAA' }),
  'keys.unwrap': (ciphertext) => ({ ciphertext }),
  'keys.rewrap': (ciphertext) => ({ ciphertext }),
  'keys.patch': () => ({ keyRingID: 'default' }),
  'registrations.create': () => REGISTRATION,
  'registrations.replace': () => REGISTRATION,
  'registrations.update': () => REGISTRATION,
  'key-policies.put': () => ({
    metadata: { collectionType: 'application/vnd.ibm.kms.policy+json', collectionTotal: 1 },
    resources: [{ type: 'application/vnd.ibm.kms.policy+json', rotation: { interval_month: 1 } }],
  }),
};

/** As somebody who has the database in their hands, and no key of the server. */
async function forge(scene: KeyScene, id: string, fields: object): Promise<void> {
  await scene.server.store.change(['keys'], async (tx) => {
    await tx.updateTable('keys').set(fields).where('id', '=', id).execute();
  });
}

const rowOf = (scene: KeyScene, id: string) =>
  scene.server.store.db.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirst();

describe('a key whose row somebody changed in the database', () => {
  it('is refused by every operation on a key, changes by none, and is on record as a failure', async () => {
    const metrics = createMetrics();
    await using scene = await openKeyScene({ metrics });
    const { id, ciphertext } = await scene.keyIn(2);
    await forge(scene, id, { state: 1 });
    const before = await rowOf(scene, id);
    expect(ON_A_KEY.length).toBeGreaterThan(20);
    for (const operation of ON_A_KEY) {
      const call = scene.call(operation as never, id, {
        params: { alias: 'an-alias', crn: CRN },
        query: operation.name === 'keys.act' ? { action: 'disable' } : {},
        body: BODIES[operation.name]?.(ciphertext),
      });
      await expect(call, operation.name).rejects.toMatchObject({ code: 'ROW_INTEGRITY' });
    }
    expect(await rowOf(scene, id)).toEqual(before);
    const records = (await scene.server.auditRecords()).slice(-ON_A_KEY.length);
    for (const record of records) {
      expect(record).toMatchObject({
        outcome: 'failure',
        reason: { reasonCode: 500 },
      });
      expect(JSON.stringify(record.target)).toContain(id);
    }
    expect(await metrics.registry.getSingleMetricAsString('rootward_row_integrity_failures_total')).toMatch(
      new RegExp(` ${ON_A_KEY.length}$`),
    );
  });

  it('neither comes back from deletion, nor goes to another key ring, nor lives on past its expiry', async () => {
    await using scene = await openKeyScene();
    const expirationDate = new Date(scene.server.clock.now() + 1000).toISOString();
    const forged: [string, object][] = [
      [(await scene.keyIn(5)).id, { state: 1, deleted_at: null, deleted_by: null }],
      [(await scene.addKey()).id, { key_ring_id: 'mine' }],
      [(await scene.addKey({ expirationDate })).id, { expires_at: null }],
      [(await scene.addKey()).id, { extractable: 1 }],
      [(await scene.addKey()).id, { deletion_authorized_by: 'IBMid-2', deletion_authorized_at: scene.server.clock.now() }],
      [(await scene.addKey()).id, { mac: null }],
    ];
    for (const [id, fields] of forged) {
      await forge(scene, id, fields);
      await expect(scene.metadata(id)).rejects.toMatchObject({ code: 'ROW_INTEGRITY' });
    }
  });

  it('is refused by its alias too, and to nobody who may not see it', async () => {
    await using scene = await openKeyScene();
    const { id } = await scene.addKey({ aliases: ['by-name'] });
    await forge(scene, id, { name: 'another' });
    await expect(scene.metadata('by-name')).rejects.toMatchObject({ code: 'ROW_INTEGRITY' });
    const { token } = await scene.server.addAccount();
    const metadata = ON_A_KEY.find(({ name }) => name === 'keys.metadata');
    for (const name of [id, 'by-name'])
      await expect(scene.call(metadata as never, name, { token })).rejects.toMatchObject({ code: 'INSTANCE_UNKNOWN' });
  });

  it('keeps a list from being shown, for it would be wrong, and no other key from being read', async () => {
    await using scene = await openKeyScene();
    const [{ id: bad }, { id: good }] = [await scene.addKey({ name: 'bad' }), await scene.addKey({ name: 'good' })];
    await forge(scene, bad, { state: 2 });
    const { headers, ownerToken } = { ...scene, ...scene.server };
    const list = (query: object) => scene.server.call(listKeys, ownerToken, { headers, query });
    await expect(list({})).rejects.toMatchObject({ code: 'ROW_INTEGRITY' });
    await expect(list({ search: 'bad' })).rejects.toMatchObject({ code: 'ROW_INTEGRITY' });
    expect((await list({ search: 'good' })).output.resources).toMatchObject([{ id: good }]);
    expect((await list({ state: '1' })).output.resources).toMatchObject([{ id: good }]);
    expect(await scene.metadata(good)).toMatchObject({ id: good });
    // What counts reads no row: it tells what the database says.
    await scene.server.call(countKeys, ownerToken, { headers, query: {} });
  });

  it('keeps its key ring', async () => {
    await using scene = await openKeyScene();
    const { db } = scene.server.store;
    const { id } = await scene.keyIn(5);
    await forge(scene, id, { key_ring_id: 'ring' });
    const { accountId } = scene.server.account;
    const ring = {
      instance_id: scene.headers['bluemix-instance'],
      account_id: accountId,
      id: 'ring',
      created_at: 0,
      created_by: 'me',
    };
    await scene.server.store.change(['keys'], async (tx) => {
      await tx.insertInto('key_rings').values(ring).execute();
    });
    await expect(scene.call(deleteKeyRing, 'ring', { query: { force: true } })).rejects.toMatchObject({ code: 'ROW_INTEGRITY' });
    expect(await db.selectFrom('key_rings').select('id').execute()).toEqual([{ id: 'ring' }]);
  });

  it('is left alone by scheduled work, which goes on with the others', async () => {
    await using scene = await openJobs();
    const [bad, good] = [await scene.keyIn(5), await scene.keyIn(5)];
    const live = await scene.addKey();
    await forge(scene, bad.id, { deleted_by: 'IBMid-2' });
    // Deleted by whoever wrote to the database: not by the server, so the server does not purge it.
    await forge(scene, live.id, { state: 5, deleted_at: scene.server.clock.now() });
    await scene.advance(91 * DAY);
    await scene.twoPasses();
    expect(await rowOf(scene, good.id)).toBeUndefined();
    for (const { id } of [bad, live]) expect(await rowOf(scene, id)).toMatchObject({ id });
    expect(scene.logged.join('\n')).toContain('ROW_INTEGRITY');
  });
});

describe('a change of a key', () => {
  it('is not made over one that was made meanwhile', async () => {
    await using scene = await openKeyScene();
    const { id } = await scene.addKey();
    const { store, kms } = scene.server;
    const seen = await kms.keyRows.find(store.db, scene.headers['bluemix-instance'], id);
    if (!seen) throw new Error('the key is not there');
    await store.change(['keys'], (tx) => kms.keyRows.change(tx, seen, { name: 'first' }));
    const second = store.change(['keys'], (tx) => kms.keyRows.change(tx, seen, { state: 2 }));
    await expect(second).rejects.toMatchObject({ code: 'REPLICA_BEHIND' });
    expect(await rowOf(scene, id)).toMatchObject({ name: 'first', state: 1 });
  });
});

describe('rows of keys', () => {
  it('are read and written in one place only', () => {
    const source = join(import.meta.dirname, '../../..');
    const direct = /\b(?:findKey|findKeys|findKeyByAlias|listKeysOfRing|listKeysWithoutMac|insertKey|replaceKey|setKeyMac)\(/;
    const tables = /(?:updateTable|insertInto)\('keys'\)|selectFrom\('keys'\)[\s\S]{0,40}selectAll/;
    const wrong = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('/testkit/'))
      .filter((file) => file !== 'server/key-rows.ts' && !file.startsWith('store/'))
      .filter((file) => {
        const text = readFileSync(join(source, file), 'utf8');
        return direct.test(text.replace(/(?:function |\(\{ kid \}\) => )findKey\(/g, '')) || tables.test(text);
      });
    expect(wrong).toEqual([]);
    const own = readFileSync(join(source, 'server/key-rows.ts'), 'utf8');
    expect([direct.test(own), tables.test("tx.updateTable('keys')")]).toEqual([true, true]);
  });
});
