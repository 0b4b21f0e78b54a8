import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PLATFORM_ROLE } from '../../contract/actions.ts';
import { createBackup } from '../../contract/backups/create.ts';
import { listBackups } from '../../contract/backups/list.ts';
import { recordBackup } from '../../contract/backups/record.ts';
import { Barrier } from '../../crypto/barrier.ts';
import { SecretBytes } from '../../crypto/secret-bytes.ts';
import { countVersionsWithoutBackup } from '../../store/backups.ts';
import { type KeyScene, openKeyScene } from '../kms/testkit/key-scene.ts';
import { addPerson, grant } from '../testkit/people.ts';
import { reportMac } from './report-mac.ts';
import { createBackupSchedule } from './schedule.ts';
import { createServerBackups } from './server-backup.ts';
import { place } from './testkit/scenes.ts';

const HOUR_MS = 3_600_000;

describe('backups.create', () => {
  it('writes into the directory of the server and nowhere else, one at a time', async () => {
    await using scene = await openKeyScene();
    const { server } = scene;
    await scene.addKey();
    const { output } = await server.call(createBackup, server.ownerToken, { body: { file: 'monday.rwbackup' } });
    expect(output).toMatchObject({ keys: 1, keyVersions: 1, damaged: [] });
    expect(existsSync(output.location)).toBe(true);
    const directory = dirname(output.location);
    for (const file of ['../a', '/tmp/a', `${directory}/../a`, 'x/a', '.hidden', '..', '-a', 'a b', 'monday.rwbackup', 'a\0b']) {
      await expect(server.call(createBackup, server.ownerToken, { body: { file } }), file).rejects.toMatchObject({
        code: 'BACKUP_FILE',
      });
    }
    await server.call(createBackup, server.ownerToken, { body: { file: join(directory, 'tuesday') } });
    const both = await Promise.allSettled([1, 2].map(() => server.call(createBackup, server.ownerToken, { body: {} })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'BACKUP_RUNNING' } });
    expect(readdirSync(directory)).toHaveLength(3);
  });

  it('is for the administrators of the account that operates the server, and the list for its viewers', async () => {
    await using scene = await openKeyScene();
    const { server } = scene;
    const nobody = await addPerson(server, 'nobody');
    const viewer = await addPerson(server, 'viewer');
    const administrator = await addPerson(server, 'administrator');
    const elsewhere = await server.addAccount();
    await grant(server, { iamId: viewer.iamId, roles: [`${PLATFORM_ROLE}Viewer`], service: 'rootward' });
    await grant(server, { iamId: administrator.iamId, roles: [`${PLATFORM_ROLE}Administrator`], service: 'rootward' });
    const may = async (token: string) =>
      await Promise.all(
        [server.call(createBackup, token, { body: {} }), server.call(listBackups, token, {})].map((call) =>
          call.then(
            () => true,
            (error: { readonly code: string }) => error.code,
          ),
        ),
      );
    expect(await may(nobody.token)).toEqual(['ACTION_DENIED', 'ACTION_DENIED']);
    expect(await may(viewer.token)).toEqual(['ACTION_DENIED', true]);
    expect(await may(administrator.token)).toEqual([true, true]);
    expect(await may(elsewhere.token)).toEqual(['ACTION_DENIED', 'ACTION_DENIED']);
  });
});

describe('backups.list', () => {
  it('counts the versions that no backup contains, and warns of none and of an old one', async () => {
    await using scene = await openKeyScene();
    const { server } = scene;
    await scene.addKey();
    const list = async () => (await server.call(listBackups, await server.logIn(server.ownerApiKey), {})).output;
    expect(await list()).toMatchObject({
      backups: [],
      keyVersionsWithoutBackup: 1,
      warning: expect.stringContaining('no backup'),
    });
    await server.call(createBackup, server.ownerToken, { body: {} });
    const after = await list();
    expect(after).toMatchObject({ backups: [{ keyVersions: 1, epoch: 0 }], keyVersionsWithoutBackup: 0 });
    expect(after.warning).toBeUndefined();
    server.clock.advance(27 * HOUR_MS);
    expect((await list()).warning).toMatch(/27 hours old/);
  });
});

describe('backups.record', () => {
  it('believes whoever has the barrier key, and nobody else', async () => {
    await using scene = await openKeyScene();
    const { server } = scene;
    const key = await scene.addKey();
    const backup = { id: 'b1', epoch: 0, created_at: server.clock.now(), key_versions: 1, location: '/mnt/b1' };
    const versions = (await server.store.db.selectFrom('key_versions').select('id').where('key_id', '=', key.id).execute()).map(
      ({ id }) => id,
    );
    const tell = (content: unknown, barrier = server.barrier) => {
      const report = JSON.stringify(content);
      return server.call(recordBackup, undefined, { body: { report, mac: reportMac(barrier, report) } });
    };
    const other = new Barrier(SecretBytes.random(32));
    await expect(tell({ backup }, other)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(tell({ backup: { ...backup, more: 1 } })).rejects.toMatchObject({ code: 'BAD_BODY' });
    expect(await countVersionsWithoutBackup(server.store.db)).toBe(1);
    await tell({ backup });
    await tell({ backup });
    await tell({ backupId: 'b1', versions });
    expect(await countVersionsWithoutBackup(server.store.db)).toBe(0);
    const { output } = await server.call(listBackups, server.ownerToken, {});
    expect(output.backups.map(({ location }) => location)).toEqual(['/mnt/b1']);
  });
});

/** A schedule of `keep` backups, each 6 h after the one before, in a directory of its own. */
function openSchedule({ server }: KeyScene, directory: string, keep: number) {
  const { store, barrier, clock } = server;
  let made = 0;
  const deps = {
    store,
    barrier,
    now: clock.now,
    newId: () => `${String(++made).padStart(8, '0')}-id`,
    accountId: async () => '',
    directory,
    staleAfterHours: 26,
    log: { info() {}, warn() {} },
  };
  return createBackupSchedule(deps, createServerBackups(deps), { everyHours: 6, keep });
}

describe('the schedule', () => {
  it('makes backups also after a clock that was years ahead has made one, says that none is dated right, and keeps the new ones', async () => {
    await using scene = await openKeyScene();
    using at = place();
    const { clock } = scene.server;
    const schedule = openSchedule(scene, at.path, 2);
    const list = async () =>
      (await scene.server.call(listBackups, await scene.server.logIn(scene.server.ownerApiKey), {})).output;
    clock.advance(3 * 8760 * HOUR_MS);
    expect(await schedule.pass()).toBe(true);
    clock.advance(-3 * 8760 * HOUR_MS);
    expect((await list()).warning).toMatch(/dated later than now/);
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await schedule.pass()).toBe(true);
      expect(await schedule.pass()).toBe(false);
      clock.advance(6 * HOUR_MS);
    }
    expect(await list()).not.toHaveProperty('warning');
    expect(readdirSync(at.path).sort()).toEqual([
      expect.stringMatching(/^scheduled-20260102T/),
      expect.stringMatching(/^scheduled-20260102T/),
    ]);
  });

  it('removes no older backup while keys of the store do not open: they may open in it', async () => {
    await using scene = await openKeyScene();
    using at = place();
    const { clock, store } = scene.server;
    const schedule = openSchedule(scene, at.path, 1);
    const key = await scene.addKey();
    expect(await schedule.pass()).toBe(true);
    const [good = ''] = readdirSync(at.path);
    await store.change(['keys'], async (tx) => {
      await tx
        .updateTable('key_versions')
        .set({ sealed_material: new Uint8Array(61) })
        .where('key_id', '=', key.id)
        .execute();
    });
    for (let turn = 0; turn < 2; turn += 1) {
      clock.advance(6 * HOUR_MS);
      expect(await schedule.pass()).toBe(true);
    }
    expect(readdirSync(at.path)).toContain(good);
    expect(readdirSync(at.path)).toHaveLength(3);
  });

  it('makes a backup when the newest has become old, keeps as many of its own as it should, and leaves those of people alone', async () => {
    await using scene = await openKeyScene();
    using at = place();
    const { store, barrier, clock } = scene.server;
    let made = 0;
    const deps = {
      store,
      barrier,
      now: clock.now,
      newId: () => `${String(++made).padStart(8, '0')}-id`,
      accountId: async () => '',
      directory: at.path,
      staleAfterHours: 26,
      log: { info() {}, warn() {} },
    };
    const backups = createServerBackups(deps);
    const never = createBackupSchedule(deps, backups, { everyHours: 0, keep: 2 });
    expect(await never.pass()).toBe(false);
    const schedule = createBackupSchedule(deps, backups, { everyHours: 6, keep: 2 });
    expect(await schedule.pass()).toBe(true);
    expect(await schedule.pass()).toBe(false);
    const own = await backups.make({ file: 'mine' });
    clock.advance(6 * HOUR_MS - 1);
    expect(await schedule.pass()).toBe(false);
    for (let turn = 0; turn < 4; turn += 1) {
      clock.advance(6 * HOUR_MS);
      expect(await schedule.pass()).toBe(true);
    }
    const names = readdirSync(at.path).sort();
    expect(names).toEqual([
      'mine',
      expect.stringMatching(/^scheduled-20260103T0/),
      expect.stringMatching(/^scheduled-20260103T0/),
    ]);
    const { backups: listed } = (await scene.server.call(listBackups, await scene.server.logIn(scene.server.ownerApiKey), {}))
      .output;
    expect(listed.map(({ location }) => basename(location)).sort()).toEqual(names);
    expect(readFileSync(own.location).length).toBe(own.bytes);
  });
});
