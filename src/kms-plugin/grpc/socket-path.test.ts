import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAncestors, prepareSocketDirectory } from './socket-path.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kms-path-'));
});
afterEach(() => rmSync(root, { recursive: true }));

test('makes the directory for owner and group', () => {
  prepareSocketDirectory(join(root, 'run', 'kms.sock'), 8);
  expect(statSync(join(root, 'run')).mode & 0o777).toBe(0o750);
});

test('refuses a directory that is a symbolic link', () => {
  mkdirSync(join(root, 'real'));
  symlinkSync(join(root, 'real'), join(root, 'link'));
  expect(() => prepareSocketDirectory(join(root, 'link', 'kms.sock'), 8)).toThrow(/not a directory of its own/);
});

test('refuses a directory that group or others may write', () => {
  for (const mode of [0o770, 0o752, 0o1777]) {
    chmodSync(root, mode);
    expect(() => prepareSocketDirectory(join(root, 'kms.sock'), 8)).toThrow(/others may write/);
  }
});

test('names the directories above where everybody may rename it away; the sticky bit prevents that', () => {
  const path = join(root, 'open', 'run', 'kms.sock');
  prepareSocketDirectory(path, 8);
  chmodSync(join(root, 'open'), 0o777);
  expect(openAncestors(path)).toEqual([join(root, 'open')]);
  chmodSync(join(root, 'open'), 0o1777);
  expect(openAncestors(path)).toEqual([]);
});

test('refuses a path that a unix socket cannot have, before anything is made', () => {
  expect(() => prepareSocketDirectory(join(root, 'x'.repeat(120), 'kms.sock'), 8)).toThrow(/longer than/);
});
