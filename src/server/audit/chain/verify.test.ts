import { createSecretKey } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshDirectory, MemoryCheckpoints, openSample, sampleKey, sampleRecord } from '../sample-audit.ts';
import { chainStart, readHeader } from './chain.ts';
import { type AuditReport, verifyAuditLog } from './verify.ts';
import { walkRecords } from './walk-chain.ts';

// Twelve records in three files of four, as a server leaves them.
const original = freshDirectory();
const checkpoints = new MemoryCheckpoints();
let names: string[] = [];

beforeAll(async () => {
  const log = await openSample(original, checkpoints, { maxFileBytes: 3000 });
  for (let at = 1; at <= 12; at += 1) await log.append(sampleRecord(`r${at}`));
  await log.close();
  names = readdirSync(original).sort();
  expect(names).toHaveLength(3);
});

/** Verifies a copy of the log after `tamper` had its way with it. */
async function verified(tamper: (directory: string) => void): Promise<AuditReport> {
  const directory = freshDirectory();
  cpSync(original, directory, { recursive: true });
  tamper(directory);
  return verifyAuditLog(directory, sampleKey, checkpoints);
}

/** Changes the lines of one file; line 0 is its header. */
function edited(file: number, edit: (lines: string[]) => string[]): (directory: string) => void {
  return (directory) => {
    const path = join(directory, names[file] ?? '');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    writeFileSync(
      path,
      edit(lines)
        .map((line) => `${line}\n`)
        .join(''),
    );
  };
}

describe('verification', () => {
  it('finds nothing in an untouched log', async () => {
    const report = await verified(() => undefined);
    expect(report).toMatchObject({
      ok: true,
      chains: [{ writer: 'w1', files: 3, records: 12, unfinishedBytes: 0, problems: [] }],
    });
  });

  it('finds every single-bit flip in a file', () => {
    const bytes = readFileSync(join(original, names[0] ?? '')).subarray(0, 1700);
    const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
    const intact = (file: Buffer): boolean => {
      const newline = file.indexOf(10);
      const header = readHeader(sampleKey, 'w1', file.subarray(0, newline));
      if (header?.mac.equals(chainStart(sampleKey, 'w1').mac) !== true) return false;
      const lines = [...walkRecords(sampleKey, file, newline + 1, header)];
      return lines.length > 0 && lines.every(({ fault }) => fault === undefined);
    };
    expect(intact(whole)).toBe(true);
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      if (intact(changed)) expect.fail(`bit ${bit} was changed unnoticed`);
    }
  });

  it.each([
    [
      'an edited record',
      1,
      (l: string[]) => l.map((line, at) => (at === 2 ? line.replace('alice', 'mallory') : line)),
      [{ kind: 'edit', line: 3 }],
    ],
    ['a removed record', 1, (l: string[]) => l.filter((_, at) => at !== 2), [{ kind: 'gap', line: 3 }]],
    ['the removed first record of a file', 1, (l: string[]) => l.filter((_, at) => at !== 1), [{ kind: 'gap', line: 2 }]],
    [
      'swapped records',
      1,
      (l: string[]) => [l[0], l[2], l[1], l[3], l[4]].map(String),
      [
        { kind: 'gap', line: 2 },
        { kind: 'order', line: 3 },
      ],
    ],
    ['a repeated record', 1, (l: string[]) => [...l, String(l[4])], [{ kind: 'order', line: 6 }]],
    ['a line of somebody else', 1, (l: string[]) => [...l, '{"hello":1}'], [{ kind: 'form', line: 6 }]],
    ['an empty line', 1, (l: string[]) => [...l, ''], [{ kind: 'form', line: 6 }]],
    [
      'another header',
      1,
      (l: string[]) => l.map((line, at) => (at === 0 ? line.replace('"after":4', '"after":3') : line)),
      [{ kind: 'header', line: 1 }],
    ],
    ['a removed last record', 2, (l: string[]) => l.slice(0, -1), [{ kind: 'truncated', line: undefined }]],
    ['the last records of a file before the last', 1, (l: string[]) => l.slice(0, -1), [{ kind: 'missing', line: 1 }]],
  ])('finds %s', async (_name, file, edit, problems) => {
    const report = await verified(edited(file, edit));
    expect(report.ok).toBe(false);
    expect(report.chains[0]?.problems).toMatchObject(problems);
    expect(report.chains[0]?.problems[0]?.file).toBe(names[problems[0]?.kind === 'missing' ? 2 : file]);
  });

  it('finds a file cut within a record that a checkpoint covers', async () => {
    const report = await verified((directory) => {
      const path = join(directory, names[2] ?? '');
      writeFileSync(path, readFileSync(path).subarray(0, -10));
    });
    expect(report.chains[0]?.problems).toMatchObject([{ kind: 'truncated' }]);
  });

  it.each([
    [0, 'missing'],
    [1, 'missing'],
    [2, 'truncated'],
  ])('finds that file %d is gone', async (file, kind) => {
    const report = await verified((directory) => rmSync(join(directory, names[file] ?? '')));
    expect(report.chains[0]?.problems[0]).toMatchObject({ kind });
  });

  it('finds that all files are gone', async () => {
    expect((await verified((directory) => rmSync(directory, { recursive: true }))).ok).toBe(false);
  });

  it('finds a chain under another name, and one made with another key', async () => {
    const renamed = await verified((directory) => {
      for (const name of names) renameSync(join(directory, name), join(directory, name.replace('w1.', 'w2.')));
    });
    expect(renamed.chains.map(({ writer, problems }) => [writer, problems.length > 0])).toEqual([
      ['w1', true],
      ['w2', true],
    ]);
    const forged = freshDirectory();
    const key = createSecretKey(Buffer.alloc(32, 8));
    const log = await openSample(forged, new MemoryCheckpoints(), { key });
    for (let at = 1; at <= 12; at += 1) await log.append(sampleRecord(`r${at}`));
    await log.close();
    expect((await verifyAuditLog(forged, sampleKey, checkpoints)).ok).toBe(false);
  });

  it('finds a log that was written anew with the right key', async () => {
    const rewritten = freshDirectory();
    const log = await openSample(rewritten, new MemoryCheckpoints());
    for (let at = 1; at <= 12; at += 1) await log.append(sampleRecord(`other${at}`));
    await log.close();
    expect((await verifyAuditLog(rewritten, sampleKey, checkpoints)).chains[0]?.problems).toMatchObject([{ kind: 'rewritten' }]);
  });

  it('finds a genuine record of another history in the place of one', async () => {
    const other = freshDirectory();
    const log = await openSample(other, new MemoryCheckpoints(), { maxFileBytes: 3000 });
    for (let at = 1; at <= 12; at += 1) await log.append(sampleRecord(`s${at}`));
    await log.close();
    const foreign = readFileSync(join(other, names[1] ?? ''), 'utf8').split('\n')[2];
    const report = await verified(edited(1, (lines) => lines.map((line, at) => (at === 2 ? String(foreign) : line))));
    expect(report.chains[0]?.problems[0]).toMatchObject({ kind: 'edit', line: 3 });
  });

  it('does not mind a record that is just being written', async () => {
    const report = await verified((directory) => {
      const path = join(directory, names[2] ?? '');
      writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('{"seq":13,"id":"r1')]));
    });
    expect(report).toMatchObject({ ok: true, chains: [{ records: 12, unfinishedBytes: 18 }] });
  });
});
