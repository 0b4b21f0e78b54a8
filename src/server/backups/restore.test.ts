import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isPostgresMissing } from '../../../test/process/find-postgres.ts';
import { parseCiphertext, unwrapDek } from '../../crypto/wrap-ciphertext.ts';
import { countVersionsWithoutBackup, listBackups } from '../../store/backups.ts';
import { findInstance } from '../../store/instances.ts';
import { readMeta } from '../../store/meta.ts';
import type { TestEngine } from '../../store/testkit/test-store.ts';
import { createKeyMaterial } from '../kms/key-material.ts';
import { openArchive } from './archive/archive-reader.ts';
import { examineArchive } from './archive/examine-archive.ts';
import { restoreInto } from './restore.ts';
import { backUp, busyScene, emptyStore, everything, place } from './testkit/scenes.ts';

const ENVELOPES = [{ id: 'e1', kind: 'file', body: '{}', created_at: 1 }];
const PAIRS: readonly (readonly [TestEngine, TestEngine])[] = [
  ['sqlite', 'sqlite'],
  ...(isPostgresMissing()
    ? []
    : ([
        ['sqlite', 'postgres'],
        ['postgres', 'sqlite'],
        ['postgres', 'postgres'],
      ] as const)),
];

describe.each(PAIRS)('a backup from %s, restored into %s', (from, to) => {
  it('brings back every row as it was, but for what a restore has to change', async () => {
    using at = place();
    await using scene = await busyScene(from);
    const { server } = scene;
    const file = at.file('a');
    const made = await backUp(server, file);
    const before = await everything(server.store);
    await using target = await emptyStore(to);
    await using reader = await openArchive(file);
    await restoreInto(target, reader, server.barrier, { location: file, envelopes: ENVELOPES, epoch: 1 });
    const after = await everything(target);

    const { meta, change_sequence, seal_envelopes, audit_outbox, audit_checkpoints, key_versions, ...same } = after;
    expect(same).toEqual({
      ...before,
      meta: undefined,
      change_sequence: undefined,
      seal_envelopes: undefined,
      audit_outbox: undefined,
      audit_checkpoints: undefined,
      key_versions: undefined,
    });
    expect(key_versions).toEqual(before.key_versions);
    expect(seal_envelopes).toEqual(ENVELOPES);
    expect(meta.filter(({ name }) => name !== 'restore_epoch')).toEqual(
      before.meta.filter(({ name }) => name !== 'restore_epoch'),
    );
    expect(await readMeta(target.db, 'restore_epoch')).toBe('1');
    // The server's own writer goes on working meanwhile.
    const lost = before.audit_outbox.filter(({ writer }) => writer === 'lost');
    expect(audit_outbox).toEqual(expect.arrayContaining(lost.map((row) => ({ ...row, writer: null }))));
    expect(audit_outbox.every(({ writer }) => writer === null)).toBe(true);
    expect(audit_checkpoints).toContainEqual({ writer: 'lost', count: 7, mac: 'm', at: '2026-01-01T00:00:00Z' });
    expect(change_sequence.length).toBeGreaterThan(0);
    expect(await countVersionsWithoutBackup(target.db)).toBe(0);
    expect((await listBackups(target.db)).map(({ id }) => id)).toEqual([made.id]);

    // The store goes on where the numbers of the old one ended.
    const instance = await findInstance(target.db, server.account.accountId, scene.headers['bluemix-instance']);
    if (!instance) throw new Error('the instance is not there');
    const material = createKeyMaterial({ store: target, barrier: server.barrier, versionsKept: 10 });
    const parsed = parseCiphertext(scene.ciphertext);
    using dek = unwrapDek(await material.openVersion(instance, scene.rootKey, parsed.handle), parsed, [], undefined);
    expect(dek.use((bytes) => bytes.toString())).toBe('of the first version');
    const event = { type: 'sync', key_id: 'k', instance_id: 'i', account_id: 'a', key_state: 1 } as const;
    const made2 = { ...event, id: 'e', key_version_id: 'v', previous_key_version_id: null, correlation_id: 'c', created_at: 1 };
    await target.change([], async (tx) => void (await tx.insertInto('lifecycle_events').values(made2).execute()));
    const newest = Math.max(0, ...before.lifecycle_events.map(({ sequence }) => Number(sequence)));
    const added = await target.db
      .selectFrom('lifecycle_events')
      .select('sequence')
      .where('id', '=', 'e')
      .executeTakeFirstOrThrow();
    expect(Number(added.sequence)).toBeGreaterThan(newest);
  });

  it('is refused where anything is there already, and where the archive is damaged changes nothing', async () => {
    using at = place();
    await using scene = await busyScene(from);
    const file = at.file('a');
    await backUp(scene.server, file);
    await using reader = await openArchive(file);
    const wish = { location: file, envelopes: ENVELOPES, epoch: 1 };
    await using used = await emptyStore(to);
    await used.change([], async (tx) => {
      await tx.insertInto('meta').values({ name: 'server_id', value: 'mine' }).execute();
    });
    await expect(restoreInto(used, reader, scene.server.barrier, wish)).rejects.toMatchObject({ code: 'BACKUP_TARGET' });
    const { truncateSync } = await import('node:fs');
    truncateSync(file, statSync(file).size - 1);
    await using target = await emptyStore(to);
    await expect(restoreInto(target, reader, scene.server.barrier, wish)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    expect(Object.values(await everything(target)).flat()).toEqual([]);
  });
});

describe('a backup', () => {
  it('is one file of mode 0600, and its versions count as backed up, those made later do not', async () => {
    using at = place();
    await using scene = await busyScene('sqlite');
    const { store } = scene.server;
    expect(await countVersionsWithoutBackup(store.db)).toBeGreaterThan(3);
    const made = await backUp(scene.server, at.file('a'));
    expect(statSync(at.file('a')).mode & 0o7777).toBe(0o600);
    expect(made).toMatchObject({ damaged: [], keys: 4, key_versions: 5, bytes: statSync(at.file('a')).size });
    expect(await countVersionsWithoutBackup(store.db)).toBe(0);
    await scene.addKey({ name: 'later' });
    expect(await countVersionsWithoutBackup(store.db)).toBe(1);
    await backUp(scene.server, at.file('b'), 1_800_000_001_000);
    expect((await listBackups(store.db)).map(({ location }) => location)).toEqual([at.file('b'), at.file('a')]);
  });

  it('never replaces a file', async () => {
    using at = place();
    await using scene = await busyScene('sqlite');
    await backUp(scene.server, at.file('a'));
    await expect(backUp(scene.server, at.file('a'))).rejects.toMatchObject({ code: 'BACKUP_FILE' });
    await expect(backUp(scene.server, at.file('no/such/directory'))).rejects.toMatchObject({ code: 'BACKUP_FILE' });
  });

  it('is made of a store in which a key does not open any more, and says which', async () => {
    using at = place();
    await using scene = await busyScene('sqlite');
    const { store, barrier } = scene.server;
    const [broken] = await store.db
      .selectFrom('key_versions')
      .select(['id', 'sealed_material'])
      .where('number', '=', 2)
      .execute();
    if (!broken) throw new Error('no second version');
    const sealed_material = Buffer.from(broken.sealed_material);
    sealed_material.writeUInt8(sealed_material.readUInt8(40) ^ 1, 40);
    await store.change(
      [],
      async (tx) => void (await tx.updateTable('key_versions').set({ sealed_material }).where('id', '=', broken.id).execute()),
    );
    expect(await backUp(scene.server, at.file('a'))).toMatchObject({ damaged: [broken.id] });
    await using reader = await openArchive(at.file('a'));
    expect(await examineArchive(reader, barrier)).toMatchObject({ damagedBefore: [broken.id] });
  });
});
