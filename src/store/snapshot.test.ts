import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readMeta, writeMeta } from './meta.ts';
import { openSqliteStore } from './store.ts';

it('a snapshot stays as it was while changes are committed, and nothing can be written through it', async () => {
  const store = await openSqliteStore(join(mkdtempSync(join(tmpdir(), 'rootward-snapshot-')), 'rootward.db'));
  await store.change([], (tx) => writeMeta(tx, 'region', 'before'));
  await store.snapshot(async (db) => {
    await store.change([], (tx) => writeMeta(tx, 'region', 'after'));
    expect(await readMeta(db, 'region')).toBe('before');
    await expect(db.deleteFrom('meta').execute()).rejects.toThrow(/readonly/);
  });
  await store.snapshot(async (db) => expect(await readMeta(db, 'region')).toBe('after'));
  await store.close();
});
