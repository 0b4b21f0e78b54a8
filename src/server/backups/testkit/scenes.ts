import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deleteKey } from '../../../contract/keys/delete.ts';
import { rotateKey } from '../../../contract/keys/rotate.ts';
import type { Barrier } from '../../../crypto/barrier.ts';
import { writeMeta } from '../../../store/meta.ts';
import type { Store } from '../../../store/store.ts';
import { type OpenedStore, openTestStore, type TestEngine } from '../../../store/testkit/test-store.ts';
import { type Row, readPages, readShapes, type TableName } from '../../../store/whole-store.ts';
import { type KeyScene, openKeyScene } from '../../kms/testkit/key-scene.ts';
import { type MadeBackup, makeBackup } from '../make-backup.ts';
import { recordIn } from '../record-in-store.ts';

/** A server with keys of every kind, whose archive has several chunks. */
export async function busyScene(
  engine: TestEngine,
): Promise<KeyScene & { readonly rootKey: string; readonly ciphertext: string }> {
  const scene = await openKeyScene({ engine, lifecycle: { rotateIntervalSeconds: 0 } });
  const { store } = scene.server;
  const root = await scene.addKey({ name: 'root' });
  const ciphertext = await scene.wrap(root.id, Buffer.from('of the first version').toString('base64'));
  await scene.call(rotateKey, root.id);
  await scene.addKey({ name: 'imported', payload: randomBytes(16).toString('base64') });
  await scene.addKey({ name: 'standard', extractable: true, payload: Buffer.from('a password').toString('base64') });
  const deleted = await scene.addKey({ name: 'deleted' });
  await scene.call(deleteKey, deleted.id);
  await store.change([], async (tx) => {
    await writeMeta(tx, 'server_id', 'server-1');
    await writeMeta(tx, 'restore_epoch', '0');
    await writeMeta(tx, 'account_id', scene.server.account.accountId);
    await tx.insertInto('audit_checkpoints').values({ writer: 'lost', count: 7, mac: 'm', at: '2026-01-01T00:00:00Z' }).execute();
    for (let at = 0; at < 60; at += 1)
      await tx
        .insertInto('audit_outbox')
        .values({ id: `o${at}`, body: 'ü'.repeat(2000), created_at: at, writer: 'lost' })
        .execute();
  });
  return { ...scene, rootKey: root.id, ciphertext, [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose]() };
}

/** A directory that goes with its test. */
export function place(): { readonly path: string; file(name: string): string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'rootward-backup-'));
  return { path, file: (name) => join(path, name), [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

export async function emptyStore(engine: TestEngine): Promise<OpenedStore> {
  const at = place();
  const store = await openTestStore(at.path, engine);
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await store.close();
      at[Symbol.dispose]();
    },
  };
}

export function backUp(server: { store: Store; barrier: Barrier }, file: string, now = 1_800_000_000_000): Promise<MadeBackup> {
  return makeBackup(server, { id: randomUUID(), file, now }, recordIn(server.store));
}

/** Every row of a store, by table. */
export async function everything(store: Store): Promise<Record<TableName, readonly Row[]>> {
  const tables: Partial<Record<TableName, readonly Row[]>> = {};
  for (const shape of await readShapes(store.db)) {
    const rows: Row[] = [];
    for await (const page of readPages(store.db, shape, 100)) rows.push(...page);
    tables[shape.table] = rows;
  }
  return tables as Record<TableName, readonly Row[]>;
}
