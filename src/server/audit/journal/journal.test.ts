import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditLog } from '../audit-log.ts';
import { listChainFiles } from '../chain/chain-files.ts';
import { Segment } from '../chain/segment.ts';
import { verifyAuditLog } from '../chain/verify.ts';
import { freshDirectory, MemoryCheckpoints, openSample, sampleKey, sampleRecord } from '../sample-audit.ts';
import { Journal } from './journal.ts';

/** Bytes of each chain file that are surely on the disk: what a sync that has ended had before it. */
const synced = new Map<string, number>();
beforeEach(() => {
  synced.clear();
  const { sync } = Segment.prototype;
  vi.spyOn(Segment.prototype, 'sync').mockImplementation(async function (this: Segment) {
    const { path, size } = this;
    await sync.call(this);
    synced.set(path, Math.max(size, synced.get(path) ?? 0));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const chainFiles = (directory: string) => listChainFiles(directory).get('w1') ?? [];

/** The files as a machine that lost its power now could leave them, at the worst: nothing of a chain file that was not synced. */
function losePower(directory: string, leave: 'nothing' | 'a hole' | 'half a record'): string {
  const copy = freshDirectory();
  const kept = new Map(chainFiles(directory).map(({ path, name }) => [name, synced.get(path) ?? 0]));
  cpSync(directory, copy, { recursive: true });
  cpSync(`${directory}.journal`, `${copy}.journal`, { recursive: true });
  for (const { path, name } of chainFiles(copy)) {
    const whole = readFileSync(path);
    const size = kept.get(name) ?? 0;
    truncateSync(path, size);
    if (size === whole.length || leave === 'nothing') continue;
    if (leave === 'a hole') whole.fill(0, size, size + Math.ceil((whole.length - size) / 2));
    writeFileSync(path, leave === 'a hole' ? whole : whole.subarray(0, size + 100));
  }
  return copy;
}

async function knows(directory: string, checkpoints: MemoryCheckpoints, ids: readonly string[]): Promise<void> {
  const log = await openSample(directory, checkpoints);
  expect(log.head().count).toBe(ids.length);
  await log.append(sampleRecord('after'));
  await log.close();
  const report = await verifyAuditLog(directory, sampleKey, checkpoints);
  expect(report).toMatchObject({ ok: true, chains: [{ records: ids.length + 1 }] });
  const text = chainFiles(directory).map(({ path }) => readFileSync(path, 'utf8'));
  for (const id of ids) expect(text.join('').split(`"id":"${id}"`)).toHaveLength(2);
}

async function acknowledge(log: AuditLog, ids: string[], amount: number): Promise<void> {
  const fresh = Array.from({ length: amount }, (_, at) => `r${ids.length + at}`);
  await Promise.all(fresh.map((id) => log.append(sampleRecord(id))));
  ids.push(...fresh);
}

describe('a machine that goes down', () => {
  it.each(['nothing', 'a hole', 'half a record'] as const)(
    'loses no acknowledged record, with %s left of what was not synced',
    async (leave) => {
      const [directory, checkpoints, ids] = [freshDirectory(), new MemoryCheckpoints(), [] as string[]];
      const log = await openSample(directory, checkpoints, { checkpointEveryMs: 60_000 });
      await acknowledge(log, ids, 300);
      const size = chainFiles(directory).map(({ path }) => statSync(path).size - (synced.get(path) ?? 0));
      // Else the file alone would have them.
      expect(size[0]).toBeGreaterThan(10_000);
      await knows(losePower(directory, leave), checkpoints, ids);
      await log.close();
    },
  );

  it('whenever it does, while the journal is written over again and again and files are followed by new ones', {
    timeout: 60_000,
  }, async () => {
    const [directory, checkpoints, ids] = [freshDirectory(), new MemoryCheckpoints(), [] as string[]];
    const log = await openSample(directory, checkpoints, {
      journalBytes: 24 * 1024,
      maxFileBytes: 150_000,
      checkpointEveryMs: 20,
    });
    for (let turn = 0; turn < 60; turn += 1) {
      // Some are longer than half of the journal.
      await acknowledge(log, ids, 1 + ((turn * 7) % 40));
      if (turn % 6 !== 5) continue;
      const known = new MemoryCheckpoints();
      for (const [writer, checkpoint] of checkpoints.kept) known.kept.set(writer, checkpoint);
      await knows(losePower(directory, turn % 4 === 1 ? 'a hole' : 'nothing'), known, ids);
    }
    expect(chainFiles(directory).length).toBeGreaterThan(2);
    await log.close();
    for (const name of readdirSync(`${directory}.journal`)) {
      expect(statSync(join(`${directory}.journal`, name)).size).toBeLessThanOrEqual(24 * 1024);
    }
  });

  it('finds what it needs after several lives', async () => {
    const [checkpoints, ids] = [new MemoryCheckpoints(), [] as string[]];
    let directory = freshDirectory();
    for (let life = 0; life < 4; life += 1) {
      const log = await openSample(directory, checkpoints, { checkpointEveryMs: 60_000 });
      expect(log.head().count).toBe(ids.length);
      await acknowledge(log, ids, 20 + life);
      directory = losePower(directory, 'nothing');
      await log.close();
      checkpoints.kept.clear();
    }
    await knows(directory, checkpoints, ids);
  });
});

describe('the journal', () => {
  it('clears what a failed write may have left, before anything takes its place', async () => {
    const directory = freshDirectory();
    mkdirSync(directory);
    mkdirSync(`${directory}.journal`);
    const half = join(`${directory}.journal`, 'w1.0');
    writeFileSync(half, '{"seq":1,"id":"refused"}\n'.repeat(40));
    const journal = await Journal.open(directory, 'w1', { settled: async () => undefined, onTurn: () => undefined });
    // It promises more bytes than there are, so the write is refused as one that fails half-way would be.
    await expect(journal.append(Buffer.alloc(10), 1000, 1)).rejects.toThrow();
    const line = Buffer.from('{"seq":1,"id":"taken"}\n');
    await journal.append(line, line.length, 1);
    await journal.close();
    expect(readFileSync(half).subarray(0, 1000)).toEqual(Buffer.concat([line, Buffer.alloc(1000 - line.length)]));
  });

  it('waits for the records of a half to be settled before it writes over them', async () => {
    const directory = freshDirectory();
    mkdirSync(directory);
    const asked: number[] = [];
    const held: string[] = [];
    const settled = async (seq: number): Promise<void> => {
      asked.push(seq);
      await new Promise((resolve) => setTimeout(resolve, 20));
      held.push(['w1.0', 'w1.1'].map((name) => readFileSync(join(`${directory}.journal`, name), 'utf8').slice(0, 100)).join(' '));
    };
    const journal = await Journal.open(directory, 'w1', { settled, onTurn: () => undefined, halfBytes: 100 });
    for (let seq = 1; seq <= 7; seq += 1) await journal.append(Buffer.alloc(50, String(seq)), 50, seq);
    await journal.close();
    // Halves: 1 2, then 3 4 (nothing was in that one), then 5 6 over 1 2, then 7 over 3 4.
    expect(asked).toEqual([0, 2, 4]);
    const of = (...seqs: number[]) => seqs.map((seq) => String(seq).repeat(50)).join('');
    expect(held).toEqual([`${of(1, 2)} `, `${of(1, 2)} ${of(3, 4)}`, `${of(5, 6)} ${of(3, 4)}`]);
  });

  it('is for the server alone', async () => {
    const directory = freshDirectory();
    await (await openSample(directory, new MemoryCheckpoints())).close();
    expect(statSync(`${directory}.journal`).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(`${directory}.journal`)) {
      expect(statSync(join(`${directory}.journal`, name)).mode & 0o777).toBe(0o600);
    }
  });
});

it('after a sync that failed nothing more is acknowledged', async () => {
  const [directory, checkpoints, failures] = [freshDirectory(), new MemoryCheckpoints(), [] as unknown[]];
  const log = await openSample(directory, checkpoints, { checkpointEveryMs: 10, onFailure: (error) => failures.push(error) });
  vi.spyOn(Segment.prototype, 'sync').mockRejectedValue(new Error('EIO'));
  await log.append(sampleRecord('a'));
  await vi.waitFor(() => expect(failures.length).toBeGreaterThan(0));
  await expect(log.append(sampleRecord('b'))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  expect(log.isFailing).toBe(true);
  expect(checkpoints.kept.get('w1')).toBeUndefined();
  await log.close();
});
