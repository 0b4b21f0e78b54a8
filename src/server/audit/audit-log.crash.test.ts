import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { fileCheckpoints } from './audit-log.child.ts';
import { verifyAuditLog } from './chain/verify.ts';
import { freshDirectory, openSample, sampleKey, sampleRecord } from './sample-audit.ts';

const CHILD = join(import.meta.dirname, 'audit-log.child.ts');

/** Runs the appending process until `done` says so, kills it with SIGKILL, and returns the lines it printed. */
async function runAndKill(argv: readonly string[], done: (lines: readonly string[], pid: number) => boolean): Promise<string[]> {
  const [command = '', ...rest] = argv;
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (!child.killed && child.pid !== undefined && done(lines, child.pid)) child.kill('SIGKILL');
  }
  expect(child.signalCode ?? (await new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal))))).toBe(
    'SIGKILL',
  );
  return lines;
}

const acknowledged = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith('ok ')).map((line) => line.slice(3));

function idsIn(directory: string): Set<string> {
  const texts = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
  return new Set(texts.flatMap((text) => [...text.matchAll(/^\{"seq":\d+,"id":"([^"]+)"/gm)].map(([, id]) => String(id))));
}

it('a process killed under load loses no acknowledged record, and its chain goes on and verifies', {
  timeout: 60_000,
}, async () => {
  const directory = freshDirectory();
  const checkpoints = fileCheckpoints(`${directory}.checkpoint`);
  const promised: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    const enough = 300 + round * 517;
    const lines = await runAndKill([process.execPath, CHILD, directory, `r${round}`, '32'], (seen) => seen.length >= enough);
    promised.push(...acknowledged(lines));
    const log = await openSample(directory, checkpoints);
    expect(
      acknowledged(lines)
        .slice(-300)
        .filter((id) => !log.knows(id)),
    ).toEqual([]);
    await log.append(sampleRecord(`between-${round}`));
    await log.close();
  }
  const written = idsIn(directory);
  expect(promised.filter((id) => !written.has(id))).toEqual([]);
  expect(promised.length).toBeGreaterThan(5000);
  expect(readdirSync(directory).length).toBeGreaterThan(2);
  expect(await verifyAuditLog(directory, sampleKey, checkpoints)).toMatchObject({ ok: true });
});

it('a file that may not grow refuses records at once, and takes them again when it may', { timeout: 60_000 }, async () => {
  const directory = freshDirectory();
  const checkpoints = fileCheckpoints(`${directory}.checkpoint`);
  let refused = 0;
  // Half of what makes the writer go on to a new file, so that the limit is what it meets.
  const limited = ['bash', '-c', 'ulimit -S -f 256; exec "$0" "$@"', process.execPath, CHILD, directory, 'full', '8'];
  const lines = await runAndKill(limited, (seen, pid) => {
    if (refused === 0 && seen.filter((line) => line.startsWith('refused')).length >= 40) {
      refused = seen.length;
      execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:']);
    }
    return refused > 0 && acknowledged(seen.slice(refused)).length > 200;
  });
  const waits = lines.filter((line) => line.startsWith('refused')).map((line) => Number(line.split(' ')[1]));
  expect(Math.max(...waits)).toBeLessThan(2000);
  const written = idsIn(directory);
  expect(acknowledged(lines).filter((id) => !written.has(id))).toEqual([]);
  const log = await openSample(directory, checkpoints);
  await log.close();
  expect(await verifyAuditLog(directory, sampleKey, checkpoints)).toMatchObject({ ok: true });
});
