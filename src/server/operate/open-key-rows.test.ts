import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeMeta } from '../../store/meta.ts';
import { type KeyScene, openKeyScene } from '../kms/testkit/key-scene.ts';
import { type Adoption, adoptKeyRows } from './open-key-rows.ts';

const root = mkdtempSync(join(tmpdir(), 'rootward-adopt-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A server with keys from before rows had MACs, and what is told of it. */
async function older(scene: KeyScene, keys: number) {
  const ids: string[] = [];
  for (let n = 0; n < keys; n += 1) ids.push((await scene.addKey()).id);
  const { server } = scene;
  const forget = (...some: string[]) =>
    server.store.change(['keys'], async (tx) => {
      await tx.updateTable('keys').set({ mac: null }).where('id', 'in', some).execute();
    });
  const ask = () => server.store.change([], (tx) => writeMeta(tx, 'keys_without_mac', '1'));
  const said: string[] = [];
  const adoption: Adoption = {
    store: server.store,
    keyRows: server.kms.keyRows,
    auditor: server.auditor,
    log: { warn: (_facts, text) => said.push(text), error: (_facts, text) => said.push(text) },
    doneFile: join(mkdtempSync(join(root, 'data-')), 'done'),
    accountId: server.account.accountId,
    region: 'us-south',
    now: server.clock.now,
    newId: server.iam.newId,
    rowsAtOnce: 2,
  };
  const adoptions = async () => (await server.auditRecords()).filter(({ action }) => action === 'rootward.keys.adopt');
  const asked = async () =>
    (await server.store.db.selectFrom('meta').selectAll().where('name', '=', 'keys_without_mac').execute()).length;
  return { ids, forget, ask, asked, said, adoption, adoptions };
}

describe('rows of keys from before they had MACs', () => {
  it.each([0, 1, 2, 4, 5])('%d of them get theirs in batches, once, with one record that says how many', async (count) => {
    await using scene = await openKeyScene();
    const it = await older(scene, count);
    if (count > 0) await it.forget(...it.ids);
    await it.ask();
    await adoptKeyRows(it.adoption);
    for (const id of it.ids) expect(await scene.metadata(id)).toMatchObject({ id });
    expect(await it.adoptions()).toMatchObject([{ outcome: 'success', responseData: { totalResources: count } }]);
    expect([await it.asked(), existsSync(it.adoption.doneFile), it.said.length]).toEqual([0, true, 1]);
  });

  it('are refused where nothing asks for it', async () => {
    await using scene = await openKeyScene();
    const it = await older(scene, 2);
    await it.forget(it.ids[0] ?? '');
    await adoptKeyRows(it.adoption);
    await expect(scene.metadata(it.ids[0] ?? '')).rejects.toMatchObject({ code: 'ROW_INTEGRITY' });
    expect(await scene.metadata(it.ids[1] ?? '')).toMatchObject({ id: it.ids[1] });
    expect([await it.adoptions(), it.said]).toEqual([[], []]);
  });

  it('are refused by a server that has done it, whatever the database asks for, and that is said', async () => {
    await using scene = await openKeyScene();
    const it = await older(scene, 1);
    await adoptKeyRows(it.adoption);
    await it.forget(...it.ids);
    await it.ask();
    await adoptKeyRows(it.adoption);
    await expect(scene.metadata(it.ids[0] ?? '')).rejects.toMatchObject({ code: 'ROW_INTEGRITY' });
    expect([await it.adoptions(), it.said.length]).toEqual([[], 1]);
  });

  it('leave a row that has one as it is, right or wrong', async () => {
    await using scene = await openKeyScene();
    const it = await older(scene, 2);
    const [bad = '', old = ''] = it.ids;
    await it.forget(old);
    await scene.server.store.change(['keys'], async (tx) => {
      await tx.updateTable('keys').set({ state: 2 }).where('id', '=', bad).execute();
    });
    await it.ask();
    await adoptKeyRows(it.adoption);
    await expect(scene.metadata(bad)).rejects.toMatchObject({ code: 'ROW_INTEGRITY' });
    expect(await scene.metadata(old)).toMatchObject({ id: old });
  });

  it('are gone on with where a start was interrupted', async () => {
    await using scene = await openKeyScene();
    const it = await older(scene, 5);
    await it.forget(...it.ids);
    await it.ask();
    await scene.server.store.change(['keys'], (tx) => scene.server.kms.keyRows.adopt(tx, 2));
    expect(await it.asked()).toBe(1);
    await adoptKeyRows(it.adoption);
    for (const id of it.ids) expect(await scene.metadata(id)).toMatchObject({ id });
    expect(await it.asked()).toBe(0);
  });
});
