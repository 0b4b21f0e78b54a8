import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshDirectory, MemoryCheckpoints, openSample, sampleKey, sampleRecord } from '../sample-audit.ts';
import { verifyAuditLog } from './verify.ts';

// Six records in two files of four and two; the checkpoint covers five of them, as if a crash came before the next one.
const original = freshDirectory();
const covered = new MemoryCheckpoints();
let names: string[] = [];

beforeAll(async () => {
  const log = await openSample(original, covered, { maxFileBytes: 3000 });
  for (let at = 1; at <= 5; at += 1) await log.append(sampleRecord(`r${at}`));
  await log.close();
  const more = await openSample(original, new MemoryCheckpoints());
  await more.append(sampleRecord('r6'));
  await more.close();
  names = readdirSync(original).sort();
  expect(names).toHaveLength(2);
});

function copyOf(change: (path: string, directory: string) => void): string {
  const directory = freshDirectory();
  cpSync(original, directory, { recursive: true });
  change(join(directory, names[1] ?? ''), directory);
  return directory;
}

/** Opens, appends one record, and checks that the chain then is whole and holds `count` records. */
async function goesOn(directory: string, count: number): Promise<number> {
  const checkpoints = new MemoryCheckpoints();
  for (const checkpoint of covered.kept.values()) checkpoints.kept.set(checkpoint.writer, checkpoint);
  const log = await openSample(directory, checkpoints);
  await log.append(sampleRecord('next'));
  await log.close();
  expect(await verifyAuditLog(directory, sampleKey, checkpoints)).toMatchObject({
    ok: true,
    chains: [{ records: count, unfinishedBytes: 0 }],
  });
  return log.tornBytes;
}

const lastLineStart = (bytes: Buffer): number => bytes.lastIndexOf(10, bytes.length - 2) + 1;
const chainBroken = expect.objectContaining({ code: 'AUDIT_CHAIN' });

describe('opening after a crash', () => {
  it('goes on when nothing is torn', async () => {
    expect(
      await goesOn(
        copyOf(() => undefined),
        7,
      ),
    ).toBe(0);
  });

  it('cuts a last record off wherever it was torn, if no checkpoint covers it', async () => {
    const bytes = readFileSync(join(original, names[1] ?? ''));
    const start = lastLineStart(bytes);
    for (let end = start + 1; end < bytes.length; end += 61) {
      const torn = await goesOn(
        copyOf((path) => writeFileSync(path, bytes.subarray(0, end))),
        6,
      );
      expect(torn).toBe(end - start);
    }
    // All but the newline is there: it was not acknowledged, so it goes as well.
    expect(
      await goesOn(
        copyOf((path) => writeFileSync(path, bytes.subarray(0, -1))),
        6,
      ),
    ).toBe(bytes.length - 1 - start);
  });

  it('cuts off a hole that the file system left', async () => {
    await goesOn(
      copyOf((path) => {
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.fill(0, lastLineStart(bytes) + 300, lastLineStart(bytes) + 400));
      }),
      6,
    );
  });

  it('goes on from the old file if the new one was never finished', async () => {
    for (const content of ['', '{"audit":1,"writer":"w1","aft', '\0'.repeat(50)]) {
      const directory = copyOf((_, to) => writeFileSync(join(to, 'w1.000000000000007.jsonl'), content));
      expect(await goesOn(directory, 7)).toBe(content.length);
    }
  });

  it('leaves nothing of a torn record behind, however long it was', async () => {
    await goesOn(
      copyOf((path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(50_000, 'x')]))),
      7,
    );
  });

  it('keeps a damaged file as evidence if it had held records that a checkpoint covers', async () => {
    let damaged = '';
    const directory = copyOf((path) => {
      damaged = path;
      writeFileSync(path, readFileSync(path).subarray(0, 10));
    });
    await expect(openSample(directory, covered)).rejects.toThrow(chainBroken);
    expect(readFileSync(damaged)).toHaveLength(10);
  });

  it('refuses a log that is torn before its checkpoint', async () => {
    for (const keep of [1, 0.6, 0.3]) {
      const directory = copyOf((path) => {
        const bytes = readFileSync(path);
        const first = bytes.subarray(0, lastLineStart(bytes) - 1);
        writeFileSync(path, first.subarray(0, Math.floor(first.length * keep)));
      });
      await expect(openSample(directory, covered)).rejects.toThrow(chainBroken);
    }
    await expect(
      openSample(
        copyOf((path) => rmSync(path)),
        covered,
      ),
    ).rejects.toThrow(chainBroken);
    await expect(
      openSample(
        copyOf((_, directory) => rmSync(directory, { recursive: true })),
        covered,
      ),
    ).rejects.toThrow(chainBroken);
  });

  it('refuses a record that was changed rather than torn, and says where', async () => {
    const directory = copyOf((path) => writeFileSync(path, readFileSync(path, 'utf8').replace('"id":"r6"', '"id":"r7"')));
    await expect(openSample(directory, covered)).rejects.toThrow(
      expect.objectContaining({ code: 'AUDIT_CHAIN', message: expect.stringContaining('Line 3 of') }),
    );
  });

  it('refuses a chain whose record is not the one that the checkpoint knows', async () => {
    const directory = freshDirectory();
    const log = await openSample(directory, new MemoryCheckpoints());
    for (let at = 1; at <= 6; at += 1) await log.append(sampleRecord(`other${at}`));
    await log.close();
    await expect(openSample(directory, covered)).rejects.toThrow(chainBroken);
  });
});
