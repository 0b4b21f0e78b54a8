import { chmodSync, mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDataDir } from './data-dir.ts';

const fresh = (): string => mkdtempSync(join(tmpdir(), 'rootward-data-'));
const modeOf = (path: string): number => statSync(path).mode & 0o777;

it('a new data directory and everything in it is closed to others', () => {
  const dir = openDataDir(join(fresh(), 'data'), true);
  expect([dir.root, dir.audit, dir.clusters].map(modeOf)).toEqual([0o700, 0o700, 0o700]);
});

it.each(['nothing', 'our store'])('an open one with %s in it is closed', (content) => {
  const root = join(fresh(), 'data');
  mkdirSync(root);
  chmodSync(root, 0o755);
  if (content === 'our store') writeFileSync(join(root, 'rootward.db'), '');
  openDataDir(root, true);
  expect(modeOf(root)).toBe(0o700);
});

it('an open one that holds other things is refused and left as it is', () => {
  const root = join(fresh(), 'home');
  mkdirSync(root);
  writeFileSync(join(root, 'notes'), '');
  chmodSync(root, 0o750);
  expect(() => openDataDir(root, true)).toThrow(
    expect.objectContaining({ code: 'CONFIG', target: { type: 'field', name: 'dataDir' } }),
  );
  expect(modeOf(root)).toBe(0o750);
});

it('looking at one changes nothing', () => {
  const root = join(fresh(), 'data');
  mkdirSync(root);
  chmodSync(root, 0o755);
  openDataDir(root, false);
  expect(modeOf(root)).toBe(0o755);
});
