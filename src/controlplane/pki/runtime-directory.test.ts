import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chooseRuntimeDirectory, ensureRuntimeDirectory, runtimeCandidates } from './runtime-directory.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rootward-runtime-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('falls back to the data directory, and says so, when nothing is in memory', () => {
  expect(chooseRuntimeDirectory('/data/clusters/c1', 'abcd1234', ['/proc/self', join(root, 'missing')])).toEqual({
    path: '/data/clusters/c1/runtime',
    inMemory: false,
  });
});

it('takes the directory of the session after /dev/shm', () => {
  expect(runtimeCandidates({ XDG_RUNTIME_DIR: '/run/user/7' })).toEqual(['/dev/shm', '/run/user/7']);
  expect(runtimeCandidates({})).toEqual(['/dev/shm']);
});

it('refuses a directory that others may read, and a link that somebody else may have placed', () => {
  const open = join(root, 'open');
  mkdirSync(open);
  chmodSync(open, 0o755);
  expect(() => ensureRuntimeDirectory(open)).toThrow(/only this user can read/);
  const link = join(root, 'link');
  mkdirSync(join(root, 'target'), { mode: 0o700 });
  symlinkSync(join(root, 'target'), link);
  expect(() => ensureRuntimeDirectory(link)).toThrow(/only this user can read/);
  ensureRuntimeDirectory(join(root, 'fresh'));
});
