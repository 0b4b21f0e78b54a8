import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../../bin/rootward.cjs');

interface Line {
  readonly api_key_file?: string;
  readonly data_dir: string;
}

/** `rootward up --json` as people start it, with a wide umask; stopped when `use` is done. Gives what it said on stderr. */
async function up(dataDir: string, use: (line: Line) => void): Promise<string> {
  const listen = ['--listen', '127.0.0.1:0', '--management-listen', '127.0.0.1:0'];
  const command = `umask 000; exec "$0" "$@"`;
  const child = spawn('/bin/sh', ['-c', command, process.execPath, PROGRAM, 'up', '--json', '--data-dir', dataDir, ...listen]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stderr.on('data', (data) => {
    told += String(data);
  });
  const exited = once(child, 'exit');
  const ready = await Promise.race([once(child.stdout, 'data'), exited.then(() => Promise.reject(new Error(told)))]);
  use(JSON.parse(String(ready[0])) as Line);
  child.kill('SIGTERM');
  expect((await exited)[0]).toBe(0);
  return told;
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true }).map((entry) => join(entry.parentPath, entry.name));
}

it('the first API key lies beside the seal key, apart from the data, and every start warns until it is deleted', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rootward-first-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const dataDir = join(folder, 'data');
  const keyFile = join(folder, 'data.first-api-key');
  const openToOthers: string[] = [];
  const first = await up(dataDir, (line) => {
    expect(line).toMatchObject({ api_key_file: keyFile, data_dir: dataDir });
    // While it runs: a journal of the store comes and goes.
    for (const path of [dataDir, keyFile, ...filesIn(dataDir)]) {
      if ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) openToOthers.push(path);
    }
  });
  expect(openToOthers).toEqual([]);
  expect(first).toContain(keyFile);
  const key = readFileSync(keyFile, 'utf8').trim();
  expect(key).toMatch(/^rwk_/);
  for (const path of filesIn(dataDir)) {
    if (statSync(path).isFile()) expect([path, readFileSync(path).includes(key)]).toEqual([path, false]);
  }
  const again = await up(dataDir, (line) => expect(line.api_key_file).toBe(keyFile));
  expect(again).toContain(keyFile);
  rmSync(keyFile);
  const deleted = await up(dataDir, (line) => expect(line.api_key_file).toBeUndefined());
  expect(deleted).not.toContain('first-api-key');
});
