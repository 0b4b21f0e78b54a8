import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from './run.ts';
import { captureIo } from './testkit/captured-io.ts';
import { type EchoServer, startEchoServer } from './testkit/echo-server.ts';

const cwd = mkdtempSync(join(tmpdir(), 'rootward-backup-cli-'));
const backup = { id: 'b1', location: '/mnt/b1', createdAt: '2026-01-02T03:04:05Z', epoch: 0, keyVersions: 3 };
const warning = 'The newest backup is 30 hours old';
let listed: { status: number; body?: unknown };
let server: EchoServer;

beforeAll(async () => {
  server = await startEchoServer(({ method, url }) => {
    if (url === '/rootward/v1/backups')
      return method === 'POST' ? { status: 201, body: { ...backup, keys: 2, bytes: 9, damaged: [] } } : listed;
    if (url.startsWith('/v2/resource_groups'))
      return { status: 200, body: { resources: [{ id: 'g', account_id: 'a', default: true }] } };
    if (url.startsWith('/rootward/v1/clock')) return { status: 200, body: { state: 'believed' } };
    return { status: 200, body: url.startsWith('/v2/resource_instances') ? { resources: [] } : [] };
  });
});
afterAll(() => {
  server.close();
  rmSync(cwd, { recursive: true });
});
beforeEach(() => {
  listed = { status: 200, body: { backups: [backup], keyVersionsWithoutBackup: 2, warning } };
  server.seen.length = 0;
});

async function run(...words: readonly string[]) {
  const io = captureIo({ env: { ROOTWARD_URL: server.url, ROOTWARD_API_KEY: 'k' }, cwd });
  const status = await runCli(words, io);
  return { status, out: io.stdout(), err: io.stderr() };
}

describe('backup', () => {
  test('create without a store at hand asks the server, which gets a name and never a path that it may not write', async () => {
    expect(await run('backup', 'create')).toMatchObject({ status: 0, out: expect.stringContaining('/mnt/b1'), err: '' });
    expect(await run('backup', 'create', 'monday')).toMatchObject({ status: 0 });
    expect(server.seen.map(({ body }) => body)).toEqual([{}, { file: 'monday' }]);
  });

  test('list shows what there is, and warns on stderr', async () => {
    const { status, out, err } = await run('backup', 'list');
    expect([status, err]).toEqual([0, `warning: ${warning}\n`]);
    expect(out).toMatch(/2026-01-02 03:04:05 UTC +b1 +3 +\/mnt\/b1/);
  });

  test('verify and restore say what is wrong with a file', async () => {
    writeFileSync(join(cwd, 'none.rwbackup'), 'something else');
    expect(await run('backup', 'verify', 'none.rwbackup')).toMatchObject({
      status: 2,
      err: expect.stringContaining('BACKUP_DAMAGED'),
    });
    expect(await run('backup', 'verify', 'missing')).toMatchObject({
      status: 1,
      err: expect.stringContaining('cannot be read: ENOENT'),
    });
    expect(await run('backup', 'verify', '.')).toMatchObject({
      status: 1,
      err: expect.stringContaining('cannot be read: EISDIR'),
    });
    expect(await run('backup', 'restore', 'none.rwbackup', '--epoch', 'x', '--data-dir', 'd')).toMatchObject({ status: 1 });
    expect(await run('backup', 'restore', 'none.rwbackup', '--data-dir', 'd')).toMatchObject({ status: 2 });
  });
});

describe('status', () => {
  test('shows the newest backup and what none contains, with a warning', async () => {
    const { status, out, err } = await run('status');
    expect([status, err]).toEqual([0, `warning: ${warning}\n`]);
    expect(out).toMatch(/Newest Backup: +2026-01-02 03:04:05 UTC/);
    expect(out).toMatch(/Key Versions Without Backup: +2/);
  });

  test('says nothing of backups to who does not operate the server', async () => {
    listed = { status: 403, body: { errors: [{ code: 'ACTION_DENIED', message: 'No.' }] } };
    const { status, out, err } = await run('status');
    expect([status, err]).toEqual([0, '']);
    expect(out).not.toContain('Backup');
  });
});
