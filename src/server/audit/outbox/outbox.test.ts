import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { insertOutbox, listOutbox } from '../../../store/audit.ts';
import { openSqliteStore, type Store } from '../../../store/store.ts';
import type { AuditLog } from '../audit-log.ts';
import { lineOf, recordLine } from '../chain/record-line.ts';
import { verifyAuditLog } from '../chain/verify.ts';
import { buildRecord } from '../records/build-record.ts';
import { freshDirectory, MemoryCheckpoints, openSample, sampleEvent, sampleKey, sampleRecord } from '../sample-audit.ts';
import { createOutbox } from './outbox.ts';

interface Scene {
  readonly directory: string;
  readonly checkpoints: MemoryCheckpoints;
  readonly store: Store;
  open(): Promise<AuditLog>;
}

async function scene(): Promise<Scene> {
  const directory = freshDirectory();
  const checkpoints = new MemoryCheckpoints();
  const store = await openSqliteStore(join(dirname(directory), 'rootward.db'));
  onTestFinished(() => store.close());
  const open = async () => {
    const log = await openSample(directory, checkpoints, { maxFileBytes: 2000 });
    onTestFinished(() => log.close());
    return log;
  };
  return { directory, checkpoints, store, open };
}

const recordsIn = (directory: string): Record<string, unknown>[] =>
  readdirSync(directory)
    .sort()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n').slice(1))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const timesIn = (directory: string, id: string): number => recordsIn(directory).filter((record) => record.id === id).length;

describe('the outbox', () => {
  it('stores exactly what goes into the chain', async () => {
    const { directory, store, open } = await scene();
    const log = await open();
    const outbox = createOutbox({ store, log });
    const roles = Array.from({ length: 64 }, () => '"'.repeat(1024));
    const record = recordLine(buildRecord({ ...sampleEvent, id: 'long', requestData: { roles } }));
    await store.change([], (tx) => outbox.write(tx, record));
    const [row] = await listOutbox(store.db);
    await outbox.settle(record);
    const { seq, mac, ...kept } = recordsIn(directory).at(-1) ?? {};
    expect([seq, typeof mac, JSON.stringify(kept)]).toEqual([1, 'string', row?.body]);
    expect(kept).toMatchObject({ truncated: true });
    await outbox.close();
  });

  it('a row that is no record stops no start: a record in its place names it by id and hash', async () => {
    const { directory, store, open } = await scene();
    const bodies = {
      'not-json': 'x'.repeat(100_000),
      'not-same': '{"id":"other"}',
      huge: `{"id":"huge","x":"${'x'.repeat(70_000)}"}`,
    };
    await store.change([], async (tx) => {
      for (const [id, body] of Object.entries(bodies)) await insertOutbox(tx, id, body, 1);
      await insertOutbox(tx, 'not "an" id', '{}', 2);
      await insertOutbox(tx, 'good', lineOf(sampleRecord('good')), 3);
    });
    const log = await open();
    expect(await createOutbox({ store, log }).recover()).toBe(5);
    const records = recordsIn(directory);
    expect(records.map(({ id }) => id)).toEqual([
      'huge',
      'not-json',
      'not-same',
      expect.stringMatching(/^outbox-\w{64}$/),
      'good',
    ]);
    for (const record of records.slice(0, 4)) {
      expect(record).toMatchObject({ action: 'rootward.audit.recover', severity: expect.any(String) });
      expect(JSON.stringify(record)).toMatch(/SHA-256 [0-9a-f]{64}/);
    }
    expect(await listOutbox(store.db)).toEqual([]);
  });

  it('brings a record that could not be appended into the chain as soon as that works, once', async () => {
    const { directory, checkpoints, store, open } = await scene();
    const log = await open();
    const outbox = createOutbox({ store, log });
    const settle = async (id: string) => {
      await store.change([], (tx) => outbox.write(tx, recordLine(sampleRecord(id))));
      await outbox.settle(recordLine(sampleRecord(id)));
    };
    for (const id of ['a', 'b', 'c']) await settle(id);
    renameSync(directory, `${directory}.away`);
    writeFileSync(directory, 'in the way of the next file');
    for (const id of ['d', 'e', 'f']) await settle(id);
    expect(outbox.backlog).toBeGreaterThan(0);
    rmSync(directory);
    renameSync(`${directory}.away`, directory);
    await vi.waitFor(() => expect(outbox.backlog).toBe(0), { timeout: 5000, interval: 100 });
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) expect([id, timesIn(directory, id)]).toEqual([id, 1]);
    await outbox.close();
    expect(await listOutbox(store.db)).toEqual([]);
    await log.close();
    expect(await verifyAuditLog(directory, sampleKey, checkpoints)).toMatchObject({ ok: true });
  });

  it('finds a record of long ago in files that opening did not read', async () => {
    const { directory, checkpoints, store, open } = await scene();
    const log = await open();
    const [hour, start] = [3600_000, sampleEvent.at];
    const record = (id: string, hours: number) => buildRecord({ ...sampleEvent, id, at: start + hours * hour });
    await store.change([], (tx) => insertOutbox(tx, 'old', lineOf(record('old', 0)), start));
    await log.append(record('old', 0));
    for (let hours = 1; hours < 30; hours += 1) await log.append(record(`later-${hours}`, hours));
    await log.close();
    expect(checkpoints.kept.get('w1')?.count).toBe(30);
    const again = await open();
    expect(again.knows('old')).toBe(false);
    expect(await createOutbox({ store, log: again }).recover()).toBe(0);
    expect([timesIn(directory, 'old'), await listOutbox(store.db)]).toEqual([1, []]);
  });

  it('does not search old files for a record of this hour', async () => {
    const { directory, open } = await scene();
    const log = await open();
    const record = (id: string, hours: number) => buildRecord({ ...sampleEvent, id, at: sampleEvent.at + hours * 3600_000 });
    for (let hours = 0; hours < 30; hours += 1) await log.append(record(`r-${hours}`, hours));
    await log.close();
    const [oldest = ''] = readdirSync(directory).sort();
    const again = await open();
    // A file that cannot be read would be noticed.
    rmSync(join(directory, oldest));
    const found = await again.findOlder(new Set(['r-0']), sampleEvent.at + 29 * 3600_000);
    expect([...found]).toEqual([]);
    await expect(again.findOlder(new Set(['r-0']), sampleEvent.at)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
