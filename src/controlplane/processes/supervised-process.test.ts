import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { limitLog } from './log-file.ts';
import { identify, isRunning } from './process-identity.ts';
import { readRecord, recordPath, writeRecord } from './process-record.ts';
import { requestRestart } from './restart-request.ts';
import { type ProcessEvent, type ProcessSpec, SupervisedProcess } from './supervised-process.ts';

let directory: string;
let events: ProcessEvent[];
let ends: number;
let slots: SupervisedProcess[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rootward-process-'));
  events = [];
  ends = 0;
  slots = [];
});

afterEach(async () => {
  await Promise.all(slots.map((slot) => slot.stop(500)));
  rmSync(directory, { recursive: true, force: true });
});

function slot(name = 'etcd-0'): SupervisedProcess {
  const made = new SupervisedProcess(
    { clusterDirectory: directory, name, role: 'etcd', index: 0, logFile: join(directory, `${name}.log`) },
    {
      now: Date.now,
      onEvent: (event) => events.push(event),
      onEnd: () => {
        ends += 1;
      },
    },
  );
  slots.push(made);
  return made;
}

function shell(script: string): ProcessSpec {
  return { command: '/bin/sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin' }, facts: { url: 'https://127.0.0.1:1' } };
}

const STAYS = shell('while :; do sleep 1; done');

it('a child is recorded with everything by which it is known again, and writes to its log', async () => {
  const process_ = slot();
  process_.start(shell('echo hello; while :; do sleep 1; done'));
  const record = readRecord(directory, 'etcd-0');
  expect(record?.process).toEqual(identify(process_.identity?.pid ?? 0));
  expect(record).toMatchObject({ role: 'etcd', index: 0, url: 'https://127.0.0.1:1' });
  await vi.waitFor(() => expect(readFileSync(join(directory, 'etcd-0.log'), 'utf8')).toBe('hello\n'));
});

it('is adopted by the next server, not started again, and its end is noticed', async () => {
  const first = slot();
  first.start(STAYS);
  const identity = first.identity;
  first.detach();
  const second = slot();
  expect(second.identity).toEqual(identity);
  expect(second.runsAs(STAYS)).toBe(true);
  expect(second.runsAs(shell('exit 0'))).toBe(false);
  process.kill(identity?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(() => expect(ends).toBe(1), 2000);
  expect(second.identity).toBeNull();
});

it('is found by its marker when the server died before it could write the number down', () => {
  const first = slot();
  first.start(STAYS);
  const record = readRecord(directory, 'etcd-0');
  if (record === undefined) throw new Error('nothing was recorded');
  first.detach();
  writeRecord(directory, { ...record, process: null });
  const second = slot();
  expect(second.identity).toEqual(record.process);
  expect(second.runsAs(STAYS)).toBe(true);
});

it('is found by its marker even if the whole file of records is lost, and then counts as running with unknown arguments', () => {
  const first = slot();
  first.start(STAYS);
  const identity = first.identity;
  first.detach();
  rmSync(recordPath(directory));
  const second = slot();
  expect(second.identity).toEqual(identity);
  expect(second.runsAs(STAYS)).toBe(false);
});

it('stays the same process when it becomes another program by exec, and is stopped like any other', async () => {
  const first = slot();
  first.start(shell('sleep 0.5; exec sleep 1000'));
  const identity = first.identity;
  await vi.waitFor(() => expect(identify(identity?.pid ?? 0)?.executable).not.toBe(identity?.executable));
  first.detach();
  const second = slot();
  expect(second.identity).toEqual(identity);
  await second.stop();
  expect(identity !== null && isRunning(identity)).toBe(false);
});

it('a stale record whose number belongs to somebody else is dropped and nobody is signalled', async () => {
  const other = slot('other');
  other.start(STAYS);
  const stranger = other.identity;
  const record = readRecord(directory, 'other');
  if (stranger === null || record === undefined) throw new Error('the stranger does not run');
  writeRecord(directory, { ...record, name: 'etcd-0', process: { ...stranger, startTime: '1' } });
  const mine = slot();
  expect(mine.identity).toBeNull();
  expect(readRecord(directory, 'etcd-0')).toBeUndefined();
  await mine.stop();
  expect(isRunning(stranger)).toBe(true);
});

it('a crash is reported once, leaves no record and delays the next start more each time', async () => {
  const process_ = slot();
  const waits: number[] = [];
  for (let round = 1; round <= 3; round += 1) {
    process_.start(shell('exit 3'));
    await vi.waitFor(() => expect(ends).toBe(round));
    waits.push(process_.waitMs);
    expect(readRecord(directory, 'etcd-0')).toBeUndefined();
  }
  expect(waits[0]).toBeLessThanOrEqual(200);
  expect(waits[2]).toBeGreaterThan(500);
  expect(process_.lastEnd).toBe('exit status 3');
});

it('an end that was asked for is no crash, even by SIGKILL, and delays nothing; the next one is a crash again', async () => {
  const process_ = slot();
  process_.start(STAYS);
  const first = process_.identity;
  if (first === null) throw new Error('it does not run');
  requestRestart(directory, 'etcd-0', first);
  process.kill(first.pid, 'SIGKILL');
  await vi.waitFor(() => expect(ends).toBe(1));
  expect(process_.waitMs).toBe(0);
  process_.start(STAYS);
  process.kill(process_.identity?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(() => expect(ends).toBe(2));
  expect(process_.waitMs).toBeGreaterThan(0);
  expect(events.map(({ kind }) => kind)).toEqual(['started', 'restarted on request', 'started', 'crashed']);
});

it('a request that names an earlier process does not excuse the crash of its successor', async () => {
  const process_ = slot();
  process_.start(STAYS);
  const identity = process_.identity;
  if (identity === null) throw new Error('it does not run');
  // Its author died between the request and the signal, and the machine gave the number to another process.
  requestRestart(directory, 'etcd-0', { ...identity, startTime: '1' });
  process.kill(identity.pid, 'SIGKILL');
  await vi.waitFor(() => expect(ends).toBe(1));
  expect(events.map(({ kind }) => kind)).toEqual(['started', 'crashed']);
});

it('a program that does not exist is an end like any other', async () => {
  const process_ = slot();
  process_.start({ ...STAYS, command: join(directory, 'nothing') });
  await vi.waitFor(() => expect(ends).toBe(1));
  expect(process_.lastEnd).toContain('ENOENT');
});

it('a child that ignores SIGTERM is killed when patience is over', async () => {
  const process_ = slot();
  process_.start(shell('trap "" TERM; echo ready; while :; do sleep 1; done'));
  await vi.waitFor(() => expect(readFileSync(join(directory, 'etcd-0.log'), 'utf8')).toBe('ready\n'));
  const identity = process_.identity;
  await process_.stop(300);
  expect(identity !== null && isRunning(identity)).toBe(false);
  expect(events.map(({ kind }) => kind)).toEqual(['started', 'killed', 'ended']);
  expect(ends).toBe(0);
});

it('a log that grew too long is emptied in place, and the child goes on writing into it', async () => {
  const process_ = slot();
  process_.start(shell('while :; do echo 0123456789; sleep 0.01; done'));
  const log = join(directory, 'etcd-0.log');
  await vi.waitFor(() => expect(readFileSync(log).length).toBeGreaterThan(50));
  limitLog(log, 50);
  expect(readFileSync(`${log}.1`).length).toBeGreaterThan(50);
  await sleep(100);
  const text = readFileSync(log, 'utf8');
  expect(text).toContain('0123456789');
  expect(text).not.toContain('\0');
});

it('a damaged file of records is an error and not an empty one, because a second etcd on the same data would be worse', () => {
  writeFileSync(recordPath(directory), '{"version":1,');
  expect(() => slot()).toThrow(SyntaxError);
});
