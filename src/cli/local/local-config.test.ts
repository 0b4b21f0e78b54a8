import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { captureIo } from '../testkit/captured-io.ts';
import { readConfig } from './local-config.ts';

const cwd = mkdtempSync(join(tmpdir(), 'rootward-local-config-'));
afterAll(() => rmSync(cwd, { recursive: true }));

test.each(['postgres://rw:hunter2@db/rw', 'postgres://db/rw?user=rw&password=hunter2'])(
  'a password in --store-url is warned of, and not repeated: %s',
  async (storeUrl) => {
    const io = captureIo({ cwd });
    expect((await readConfig({ storeUrl }, io)).store.url).toBe(storeUrl);
    expect(io.stderr()).toMatch(/^warning: .*--store-url-file/);
    expect(io.stderr()).not.toContain('hunter2');
  },
);

test('a URL without a password is not warned of', async () => {
  const io = captureIo({ cwd });
  await readConfig({ storeUrl: 'postgres://rw@db:5432/rw' }, io);
  expect(io.stderr()).toBe('');
});

test('--store-url-file keeps the URL out of the list of processes, and counts before the environment', async () => {
  writeFileSync(join(cwd, 'url'), 'postgres://rw:hunter2@db/rw\n');
  const io = captureIo({ cwd, env: { ROOTWARD_STORE_URL: 'postgres://other/rw' } });
  expect((await readConfig({ storeUrlFile: 'url' }, io)).store.url).toBe('postgres://rw:hunter2@db/rw');
  expect(io.stderr()).toBe('');
});

test('a file that is not there, and both flags at once, are refused', async () => {
  const io = captureIo({ cwd });
  await expect(readConfig({ storeUrlFile: 'none' }, io)).rejects.toMatchObject({ code: 'USAGE' });
  await expect(readConfig({ storeUrlFile: 'url', storeUrl: 'postgres://db/rw' }, io)).rejects.toMatchObject({ code: 'USAGE' });
});
