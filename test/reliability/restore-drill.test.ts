import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { type Api, addInstance, logIn, newKey } from '../process/api.ts';
import { isPostgresMissing } from '../process/find-postgres.ts';
import { type PrivateDatabase, sharedPostgres } from '../process/postgres.ts';
import { runCli } from '../process/run-cli.ts';
import { type ServerProcess, startServerProcess } from '../process/server-process.ts';

const WORKERS = 5;
const NO_WAITS = { ROOTWARD_LIFECYCLE_ROTATE_INTERVAL_SECONDS: '0' };

const root = mkdtempSync(join(tmpdir(), 'rootward-drill-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Wrapped {
  readonly keyId: string;
  readonly ciphertext: string;
  readonly plaintext: string;
  /** When the answer was here. */
  readonly at: number;
}

interface Load {
  readonly done: Wrapped[];
  /** Key versions that were made. */
  versions: number;
}

/** Makes keys, rotates them and wraps, until it is told to stop. */
async function work(api: Api, instance: string, load: Load, stop: AbortSignal): Promise<void> {
  const send = async (path: string, body?: unknown) => {
    const answer = await api.send('POST', path, body, { 'bluemix-instance': instance });
    expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer;
  };
  while (!stop.aborted) {
    const keyId = (await send('/api/v2/keys', newKey({}))).body.resources[0]?.id ?? '';
    load.versions += 1;
    for (let turn = 0; turn < 6 && !stop.aborted; turn += 1) {
      if (randomInt(4) === 0) {
        await send(`/api/v2/keys/${keyId}/actions/rotate`);
        load.versions += 1;
      }
      const plaintext = randomBytes(32).toString('base64');
      const { body } = await send(`/api/v2/keys/${keyId}/actions/wrap`, { plaintext });
      load.done.push({ keyId, ciphertext: body.ciphertext, plaintext, at: performance.now() });
    }
  }
}

interface Machine {
  readonly dataDir: string;
  readonly cwd: string;
  /** Where its store is, if it is not in the data directory. */
  readonly env: Record<string, string>;
}

function machine(name: string, database?: PrivateDatabase): Machine {
  const cwd = join(root, name);
  mkdirSync(cwd);
  return { cwd, dataDir: join(cwd, 'data'), env: database ? { ROOTWARD_STORE_URL: database.url } : {} };
}

const start = ({ dataDir, env }: Machine): Promise<ServerProcess> =>
  startServerProcess(dataDir, { env: { ...NO_WAITS, ...env } });

async function cli({ cwd, env }: Machine, ...words: string[]) {
  return await runCli(words, env, cwd);
}

const ENGINES = ['SQLite', ...(isPostgresMissing() ? [] : ['PostgreSQL'])];

describe.each(ENGINES)('on %s', (engine) => {
  const databaseOf = async () => (engine === 'PostgreSQL' ? await (await sharedPostgres()).createDatabase('empty') : undefined);

  it('an empty machine with only a backup and the recovery code unwraps every acknowledged ciphertext up to the backup', async () => {
    const lost = machine(`${engine}-lost`, await databaseOf());
    const code = join(root, `${engine}-code`);
    await (await start(lost)).end('SIGTERM');
    const made = await cli(lost, 'seal', 'recovery-code', 'create', '--dev', '--data-dir', lost.dataDir, '--file', code);
    expect(made.status, made.err).toBe(0);

    const server = await start(lost);
    const api = await logIn(server.said.url, server.said.apiKey);
    const instance = await addInstance(api, server.said.resourceGroupId);
    const load: Load = { done: [], versions: 0 };
    const { done } = load;
    const stop = new AbortController();
    const workers = Array.from({ length: WORKERS }, () => work(api, instance, load, stop.signal));
    await sleep(1200);
    const file = join(root, `${engine}.rwbackup`);
    const before = performance.now();
    const backup = await cli(lost, 'backup', 'create', file, '--data-dir', lost.dataDir, '--output', 'json');
    expect([backup.status, backup.err]).toEqual([0, '']);
    await sleep(300);
    stop.abort();
    await Promise.all(workers);
    const due = done.filter(({ at }) => at < before);
    expect(due.length, 'requests were acknowledged before the backup').toBeGreaterThan(20);
    expect(done.length, 'and others while it was made, or after').toBeGreaterThan(due.length);

    // The server knows of it: only what came later is in no backup.
    const metrics = await (await fetch(`${server.said.managementUrl}/metrics`)).text();
    const { keyVersions } = JSON.parse(backup.out) as { readonly keyVersions: number };
    const unsaved = Number(/^rootward_key_versions_without_backup (\d+)$/m.exec(metrics)?.[1]);
    const listed = await runCli(
      ['backup', 'list', '--output', 'json'],
      { ROOTWARD_URL: server.said.url, ROOTWARD_API_KEY: server.said.apiKey },
      lost.cwd,
    );
    expect(JSON.parse(listed.out)).toMatchObject([{ location: file, keyVersions }]);
    expect(unsaved, 'versions that are in no backup').toBe(load.versions - keyVersions);
    expect(unsaved).toBeGreaterThan(0);
    await server.end('SIGKILL');
    rmSync(lost.cwd, { recursive: true });

    const fresh = machine(`${engine}-fresh`, await databaseOf());
    const opening = ['--recovery-code-file', code, '--data-dir', fresh.dataDir, '--dev', '--output', 'json'];
    const verified = await cli(fresh, 'backup', 'verify', file, ...opening);
    expect([verified.status, JSON.parse(verified.out || '{}')]).toEqual([
      0,
      expect.objectContaining({ keyVersions, damagedBefore: [] }),
    ]);
    const tried = await cli(fresh, 'backup', 'restore', file, ...opening, '--dry-run');
    expect([tried.status, JSON.parse(tried.out || '{}')]).toEqual([
      0,
      expect.objectContaining({ keyVersions, newEpoch: 1, dryRun: true }),
    ]);
    expect(existsSync(fresh.dataDir)).toBe(false);
    const restored = await cli(fresh, 'backup', 'restore', file, ...opening);
    expect(restored.status, restored.err).toBe(0);
    const again = await cli(fresh, 'backup', 'restore', file, ...opening);
    expect([again.status, again.err]).toEqual([5, expect.stringContaining('BACKUP_TARGET')]);

    const revived = await start(fresh);
    try {
      expect(revived.said.serverId).toBe(server.said.serverId);
      // The old API keys are good too.
      const owner = await logIn(revived.said.url, server.said.apiKey);
      for (const { keyId, ciphertext, plaintext } of due) {
        const answer = await owner.send(
          'POST',
          `/api/v2/keys/${keyId}/actions/unwrap`,
          { ciphertext },
          { 'bluemix-instance': instance },
        );
        expect([answer.status, answer.body.plaintext], keyId).toEqual([200, plaintext]);
      }
      const goesOn = new AbortController();
      const worker = work(await logIn(revived.said.url, revived.said.apiKey), instance, { done: [], versions: 0 }, goesOn.signal);
      await sleep(500);
      goesOn.abort();
      await worker;
    } finally {
      expect(await revived.end('SIGTERM')).toBe(0);
    }
    const audit = await cli(fresh, 'audit', 'verify', '--dev', '--data-dir', fresh.dataDir);
    expect([audit.status, audit.out]).toEqual([0, expect.stringContaining('not here: written before the restore')]);
  }, 180_000);
});

describe('kill -9', () => {
  const scene = (async () => {
    const one = machine('killed');
    const server = await start(one);
    const api = await logIn(server.said.url, server.said.apiKey);
    const instance = await addInstance(api, server.said.resourceGroupId);
    for (let at = 0; at < 250; at += 10) {
      const make = () =>
        api.send('POST', '/api/v2/keys', newKey({ description: 'x'.repeat(200) }), { 'bluemix-instance': instance });
      for (const made of await Promise.all(Array.from({ length: 10 }, make))) expect(made.status).toBe(201);
    }
    expect(await server.end('SIGTERM')).toBe(0);
    return one;
  })();
  const failpoints = (name: string) => {
    const directory = join(root, name);
    mkdirSync(directory);
    return directory;
  };

  it.each(['backup-chunk', 'backup-rename'])(
    'at %s leaves nothing under the name of the backup',
    async (point) => {
      const one = await scene;
      const directory = failpoints(`points-${point}`);
      const file = join(directory, 'a.rwbackup');
      const words = ['backup', 'create', file, '--data-dir', one.dataDir];
      writeFileSync(join(directory, point), 'SIGKILL');
      const killed = await runCli(words, { ROOTWARD_FAILPOINTS: directory }, one.cwd);
      expect(killed.status).not.toBe(0);
      const left = readdirSync(directory);
      expect(left.filter((name) => name.endsWith('.rwbackup'))).toEqual([]);
      for (const name of left) {
        const verified = await cli(one, 'backup', 'verify', join(directory, name), '--data-dir', one.dataDir);
        // Killed with all of it on the disk, what is left is whole but for its name.
        expect([name, verified.status]).toEqual([name, point === 'backup-rename' ? 0 : 2]);
      }
      expect((await cli(one, ...words)).status).toBe(0);
      expect((await cli(one, 'backup', 'verify', file, '--data-dir', one.dataDir)).status).toBe(0);
    },
    60_000,
  );

  it.each(['restore-rows', 'restore-commit', 'restore-rename'])(
    'at %s leaves an empty place, which can be restored into',
    async (point) => {
      const one = await scene;
      const directory = failpoints(`points-${point}`);
      const file = join(directory, 'a.rwbackup');
      expect((await cli(one, 'backup', 'create', file, '--data-dir', one.dataDir)).status).toBe(0);
      const code = join(directory, 'code');
      const words = ['seal', 'recovery-code', 'create', '--data-dir', one.dataDir, '--dev', '--file', code];
      expect((await cli(one, ...words)).status).toBe(0);
      rmSync(file);
      expect((await cli(one, 'backup', 'create', file, '--data-dir', one.dataDir)).status).toBe(0);
      const fresh = machine(`fresh-${point}`);
      const restore = ['backup', 'restore', file, '--data-dir', fresh.dataDir, '--dev', '--recovery-code-file', code];
      writeFileSync(join(directory, point), 'SIGKILL');
      expect((await runCli(restore, { ROOTWARD_FAILPOINTS: directory }, fresh.cwd)).status).not.toBe(0);
      expect(existsSync(join(directory, point)), 'it was killed there').toBe(false);
      expect(existsSync(join(fresh.dataDir, 'rootward.db'))).toBe(false);
      const restored = await cli(fresh, ...restore);
      expect(restored.status, restored.err).toBe(0);
      const before = await cli(
        one,
        'backup',
        'create',
        join(directory, 'b.rwbackup'),
        '--data-dir',
        one.dataDir,
        '--output',
        'json',
      );
      const after = await cli(
        fresh,
        'backup',
        'create',
        join(directory, 'c.rwbackup'),
        '--data-dir',
        fresh.dataDir,
        '--output',
        'json',
      );
      const count = (out: string) => (JSON.parse(out) as { readonly keyVersions: number }).keyVersions;
      expect(count(after.out)).toBe(count(before.out));
    },
    60_000,
  );
});
