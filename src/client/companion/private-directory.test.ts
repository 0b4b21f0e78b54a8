import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requirePrivateDirectory } from './private-directory.ts';

let root: string;
let directory: string;
const uid = process.getuid?.() ?? 0;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rootward-private-'));
  directory = join(root, 'srv');
  mkdirSync(directory, { mode: 0o700 });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('a directory of our own that nobody else may enter is private', () => {
  expect(() => requirePrivateDirectory(directory)).not.toThrow();
});

it('a directory of somebody else is refused, whatever its mode', () => {
  expect(() => requirePrivateDirectory(directory, uid + 1)).toThrow(`belongs to the user ${uid}`);
});

it.each([0o750, 0o705, 0o701, 0o777])('a directory with mode %o is refused', (mode) => {
  chmodSync(directory, mode);
  expect(() => requirePrivateDirectory(directory)).toThrow(/open to other users/);
});

it('a link to a private directory is refused, and a file', () => {
  const link = join(root, 'link');
  symlinkSync(directory, link);
  expect(() => requirePrivateDirectory(link)).toThrow(/is not a directory/);
  const file = join(root, 'file');
  writeFileSync(file, '', { mode: 0o600 });
  expect(() => requirePrivateDirectory(file)).toThrow(/is not a directory/);
});

it('a directory that anybody could replace is refused; in a sticky one nobody can', () => {
  chmodSync(root, 0o777);
  expect(() => requirePrivateDirectory(directory)).toThrow(/may be changed by everybody/);
  chmodSync(root, 0o1777);
  expect(() => requirePrivateDirectory(directory)).not.toThrow();
});

it('a directory that does not exist yet could be made by anybody', () => {
  expect(() => requirePrivateDirectory(join(root, 'missing'))).toThrow(/ENOENT/);
});
