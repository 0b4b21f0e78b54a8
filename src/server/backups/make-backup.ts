import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Barrier } from '../../crypto/barrier.ts';
import { type BackupRow, versionsWithoutBackup } from '../../store/backups.ts';
import { readMeta } from '../../store/meta.ts';
import { NEWEST_SCHEMA } from '../../store/migrations/list.ts';
import { listEnvelopes } from '../../store/seal-envelopes.ts';
import type { Db, Store } from '../../store/store.ts';
import { type Row, readPages, readRowsOf, readShapes, type TableShape } from '../../store/whole-store.ts';
import type { ArchiveHeader } from './archive/archive-header.ts';
import { type CheckRecord, rowRecord, tableRecord } from './archive/archive-records.ts';
import { type ArchiveWriter, openArchiveWriter } from './archive/archive-writer.ts';
import { createKeyChecks, type KeyChecks } from './archive/key-checks.ts';
import { instanceOf, versionOf } from './archive/sealed-rows.ts';

const PAGE = 200;
const MARKED_AT_ONCE = 1000;

export interface BackupWish {
  readonly id: string;
  /** Where the archive goes; nothing may be there. */
  readonly file: string;
  readonly now: number;
}

/** Tells whoever owns the store of a backup, once its archive is durable. */
export interface BackupRecorder {
  begin(row: BackupRow): Promise<void>;
  /** Versions that are in this backup and were in none before. */
  versions(backupId: string, ids: readonly string[]): Promise<void>;
}

export interface MadeBackup extends BackupRow {
  readonly keys: number;
  readonly bytes: number;
  /** Ids of instances and key versions that do not open in the store itself. They are in the archive as they are. */
  readonly damaged: readonly string[];
}

/**
 * Writes everything that the store holds at this moment into one sealed file; changes go on meanwhile. Memory does not grow with the
 * number of keys. Throws BACKUP_FILE; then, and after a crash, nothing has the file's name.
 */
export async function makeBackup(
  { store, barrier }: { readonly store: Store; readonly barrier: Barrier },
  wish: BackupWish,
  recorder: BackupRecorder,
): Promise<MadeBackup> {
  return await store.snapshot(async (db) => {
    const header = await headerFor(db, wish);
    const writer = await openArchiveWriter(wish.file, header, barrier.deriveKey('backup'));
    const dump = new Dump(db, writer, createKeyChecks(barrier));
    let bytes: number;
    try {
      await dump.all(await readShapes(db));
      bytes = await writer.finish();
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    const row: BackupRow = {
      id: wish.id,
      epoch: header.epoch,
      created_at: wish.now,
      key_versions: dump.counts.get('key_versions') ?? 0,
      location: wish.file,
    };
    await recorder.begin(row);
    await recordVersions(db, wish.id, recorder);
    return { ...row, bytes, keys: dump.counts.get('keys') ?? 0, damaged: dump.damaged };
  });
}

async function headerFor(db: Db, { id, now }: BackupWish): Promise<ArchiveHeader> {
  return {
    format: 1,
    id,
    createdAt: new Date(now).toISOString(),
    serverId: (await readMeta(db, 'server_id')) ?? '',
    epoch: Number((await readMeta(db, 'restore_epoch')) ?? 0),
    schema: NEWEST_SCHEMA,
    salt: randomBytes(32).toString('base64'),
    envelopes: (await listEnvelopes(db)).map(({ body }) => body),
  };
}

async function recordVersions(db: Db, backupId: string, recorder: BackupRecorder): Promise<void> {
  for (let after = ''; ; ) {
    const ids = await versionsWithoutBackup(db, after, MARKED_AT_ONCE);
    const last = ids.at(-1);
    if (last === undefined) return;
    await recorder.versions(backupId, ids);
    after = last;
  }
}

/** Brings the rows of a snapshot into an archive, in the order in which they can be checked without remembering them. */
class Dump {
  readonly counts = new Map<string, number>();
  readonly damaged: string[] = [];
  readonly #db: Db;
  readonly #writer: ArchiveWriter;
  readonly #checks: KeyChecks;
  #shapes: readonly TableShape[] = [];

  constructor(db: Db, writer: ArchiveWriter, checks: KeyChecks) {
    this.#db = db;
    this.#writer = writer;
    this.#checks = checks;
  }

  async all(shapes: readonly TableShape[]): Promise<void> {
    this.#shapes = shapes;
    for (const shape of shapes) {
      this.counts.set(shape.table, 0);
      await this.#writer.add(tableRecord(shape));
    }
    for (const shape of shapes) {
      // Each version stands behind its key.
      if (shape.table === 'key_versions') continue;
      for await (const page of readPages(this.#db, shape, PAGE)) {
        if (shape.table === 'keys') await this.#keys(shape, page);
        else for (const row of page) await this.#row(shape, row);
        // A server goes on serving meanwhile.
        await turn();
      }
    }
    await this.#writer.add({ end: Object.fromEntries(this.counts) });
  }

  async #keys(shape: TableShape, page: readonly Row[]): Promise<void> {
    const versionShape = this.#shapes.find(({ table }) => table === 'key_versions');
    if (!versionShape) throw new Error('the store has no key versions');
    const ids = page.map(({ id }) => String(id));
    const versions = Map.groupBy(await readRowsOf(this.#db, versionShape, 'key_id', ids), ({ key_id }) => key_id);
    for (const key of page) {
      await this.#row(shape, key);
      for (const version of versions.get(key.id ?? null) ?? []) {
        await this.#row(versionShape, version);
        await this.#check(String(version.id), this.#checks.makeCanary(versionOf(key, version)));
      }
    }
  }

  async #row(shape: TableShape, row: Row): Promise<void> {
    this.counts.set(shape.table, (this.counts.get(shape.table) ?? 0) + 1);
    await this.#writer.add(rowRecord(this.#shapes.indexOf(shape), shape, row));
    if (shape.table !== 'instances') return;
    const instance = instanceOf(row);
    await this.#check(instance.guid, this.#checks.addInstance(instance) ? '' : undefined);
  }

  async #check(id: string, canary: string | undefined): Promise<void> {
    if (canary === undefined) this.damaged.push(id);
    const record: CheckRecord = { check: id, canary: canary ?? null };
    await this.#writer.add(record);
  }
}
