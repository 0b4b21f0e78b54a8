import { chmodSync, existsSync, lstatSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openServerSocketDirectory } from './server-socket-directory.ts';

const inMemory = existsSync('/dev/shm');
let root: string;
let memory: string;
let passedOver: unknown[];
const open = (dataDirectory = root, candidates = [memory]) =>
  openServerSocketDirectory({ id: 's1', dataDirectory }, candidates, (error) => passedOver.push(error));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rootward-data-'));
  memory = mkdtempSync(join(inMemory ? '/dev/shm' : tmpdir(), 'rootward-shm-test-'));
  passedOver = [];
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
  rmSync(memory, { recursive: true, force: true });
});

it('without memory to write to it lies in the data directory, for the owner only', () => {
  const path = open(root, [join(root, 'missing')]);
  expect(path).toBe(join(root, 'runtime'));
  expect(lstatSync(path).mode & 0o777).toBe(0o700);
  chmodSync(path, 0o755);
  expect(() => open(root, [])).toThrow(/only this user can read/);
});

it.skipIf(!inMemory)('is the same at every start, and another one for a copy of the data directory', () => {
  const first = open();
  expect(first).toMatch(/\/rootward-[0-9a-f]{8}-srv$/);
  expect(lstatSync(first).mode & 0o777).toBe(0o700);
  expect(open()).toBe(first);
  const copy = mkdtempSync(join(tmpdir(), 'rootward-data-'));
  expect(open(copy)).not.toBe(first);
  rmSync(copy, { recursive: true });
  expect(passedOver).toEqual([]);
});

it.skipIf(!inMemory)('what somebody else put in its place is not used, and the next candidate is', () => {
  const path = open();
  chmodSync(path, 0o770);
  expect(open()).toBe(join(root, 'runtime'));
  rmSync(path, { recursive: true });
  symlinkSync(root, path);
  expect(open()).toBe(join(root, 'runtime'));
  rmSync(path);
  symlinkSync(join(root, 'nothing'), path);
  expect(open()).toBe(join(root, 'runtime'));
  expect(passedOver).toHaveLength(3);
  const next = mkdtempSync('/dev/shm/rootward-shm-test-');
  expect(open(root, [memory, next]).startsWith(next)).toBe(true);
  rmSync(next, { recursive: true });
});
