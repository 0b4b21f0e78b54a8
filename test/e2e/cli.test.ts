/** The command line as people run it: processes against a real server, which is a process of the command line too. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAM, runCli } from '../process/run-cli.ts';
import { type ReadyProcess, spawnReady } from '../process/spawn-ready.ts';

interface Said {
  readonly url: string;
  readonly console_url: string;
  readonly management_url: string;
  readonly account_id: string;
  readonly resource_group_id: string;
  readonly region: string;
  readonly data_dir: string;
  readonly api_key?: string;
  readonly api_key_file?: string;
}

const FREE = ['--listen', '127.0.0.1:0', '--management-listen', '127.0.0.1:0'];
let root: string;
let server: ReadyProcess<Said>;

const up = (dataDir: string, ...more: string[]) =>
  spawnReady<Said>(PROGRAM, ['up', '--json', ...FREE, '--data-dir', dataDir, ...more], { patienceMs: 60_000 });
const rw = (...words: string[]) => runCli(words, { ROOTWARD_DATA_DIR: join(root, 'data') }, root);

/** What a process has computed so far (Linux counts it in hundredths of a second). */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function json(...words: string[]): Promise<Record<string, unknown>> {
  const { status, out, err } = await rw(...words, '--output', 'json');
  expect(status, err).toBe(0);
  return JSON.parse(out) as Record<string, unknown>;
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'rootward-cli-'));
  server = await up(join(root, 'data'), '--dev');
});
afterAll(async () => {
  await server.end('SIGTERM');
  rmSync(root, { recursive: true });
});

describe('up', () => {
  test('says in one JSON line what programs need, and keeps the development key for its owner only', () => {
    const { said } = server;
    expect(Object.keys(said).sort()).toEqual(
      ['account_id', 'api_key', 'console_url', 'data_dir', 'management_url', 'region', 'resource_group_id', 'url'].sort(),
    );
    const file = join(said.data_dir, 'dev-api-key');
    expect(readFileSync(file, 'utf8').trim()).toBe(said.api_key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('on a taken port names the port, suggests --listen and ends with status 4', async () => {
    const { host, port } = new URL(server.said.url);
    const words = ['up', '--dev', '--listen', host, '--management-listen', '127.0.0.1:0', '--data-dir', join(root, 'other')];
    const { status, out, err } = await runCli(words, {}, root);
    expect({ status, out }).toEqual({ status: 4, out: '' });
    expect(err).toContain(`error: [PORT_TAKEN] Port ${port}`);
    expect(err).toMatch(/hint: .*--listen/);
  });

  test('on a directory that another server uses ends with status 4 and leaves that server alone', async () => {
    const { status, err } = await runCli(['up', '--dev', ...FREE, '--data-dir', join(root, 'data')], {}, root);
    expect(status).toBe(4);
    expect(err).toContain('[DATA_DIR_IN_USE]');
    expect((await rw('status')).status).toBe(0);
  });

  test('with a setting that does not exist says which one was meant', async () => {
    const { status, err } = await runCli(['up'], { ROOTWARD_LISTN: '127.0.0.1:1' }, root);
    expect(status).toBe(1);
    expect(err).toContain('[CONFIG]');
    expect(err).toContain('ROOTWARD_LISTEN');
  });

  test('without --dev writes the first key to a file of its owner and never prints it', async () => {
    const real = await up(join(root, 'real'));
    const { api_key, api_key_file = '', url } = real.said;
    // What the key's owner does leaves the records that the audit is verified with below.
    expect((await rw('status', '--url', url, '--api-key-file', api_key_file)).status).toBe(0);
    expect(await real.end('SIGTERM')).toBe(0);
    expect(api_key).toBeUndefined();
    expect(statSync(api_key_file).mode & 0o777).toBe(0o600);
    rmSync(api_key_file);
    const again = await up(join(root, 'real'));
    expect(await again.end('SIGTERM')).toBe(0);
    expect(again.said.api_key_file).toBeUndefined();
  });

  test('tells people within 5 s of work where it is, and a Ctrl-C that arrives twice ends it once, with status 0, though nobody reads its talk any more', async () => {
    const words = [PROGRAM, 'up', '--dev', ...FREE, '--data-dir', join(root, 'people')];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'], cwd: root });
    const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
    let err = '';
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
    });
    for await (const chunk of child.stderr) {
      err += String(chunk);
      if (/API key: +in /.test(err)) break;
    }
    // Processor time, because the wall clock of a machine that runs tests measures the other tests.
    expect(processorSeconds(child.pid ?? 0)).toBeLessThan(5);
    expect(err).toMatch(/Rootward: +http:\/\/127\.0\.0\.1:\d+/);
    expect(err).not.toContain(readFileSync(join(root, 'people', 'dev-api-key'), 'utf8').trim());
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    expect(out).toBe('');
  });
});

describe('a person with a key service', () => {
  let instance: string;
  let key: string;

  test('makes an instance and a root key by names', async () => {
    instance = (await json('resource', 'service-instance-create', 'payments', 'kms', 'tiered-pricing', 'us-south'))
      .guid as string;
    key = (await json('kp', 'key', 'create', 'root', '-i', instance, '-D', 'for payments')).id as string;
    const { out } = await rw('kp', 'keys', '-i', instance);
    expect(out.split('\n')[0]).toMatch(/^Key ID +Key Name +State +Type +Expires$/);
    expect(out).toContain(key);
    expect((await rw('resource', 'service-instances')).out).toContain('payments');
  });

  test('wraps, unwraps with the same context only, and reads the versions after a rotation', async () => {
    const { ciphertext, plaintext } = await json('kp', 'key', 'wrap', key, '-i', instance, '--aad', 'team-a');
    const unwrapped = await json('kp', 'key', 'unwrap', key, String(ciphertext), '-i', instance, '--aad', 'team-a');
    expect(unwrapped.plaintext).toBe(plaintext);
    const other = await rw('kp', 'key', 'unwrap', key, String(ciphertext), '-i', instance, '--aad', 'team-b');
    expect(other).toMatchObject({ status: 1, out: '', err: expect.stringContaining('[CIPHERTEXT_INVALID]') });
    expect((await rw('kp', 'key', 'rotate', key, '-i', instance)).status).toBe(0);
    expect(await json('kp', 'key', 'versions', key, '-i', instance)).toHaveLength(2);
  });

  test('learns from the exit status what went wrong', async () => {
    expect((await rw('kp', 'key', 'disable', key, '-i', instance)).status).toBe(0);
    expect(await rw('kp', 'key', 'wrap', key, '-i', instance)).toMatchObject({
      status: 5,
      err: expect.stringContaining('[KEY_STATE]'),
    });
    expect((await rw('kp', 'key', 'show', 'nope', '-i', instance)).status).toBe(3);
    expect((await rw('kp', 'keys')).status).toBe(1);
    const wrong = { ROOTWARD_URL: server.said.url, ROOTWARD_API_KEY: 'wrong' };
    expect(await runCli(['kp', 'keys', '-i', instance], wrong, root)).toMatchObject({
      status: 4,
      err: expect.stringContaining('[API_KEY_NOT_FOUND]'),
    });
    const nowhere = { ROOTWARD_URL: 'http://127.0.0.1:1', ROOTWARD_API_KEY: 'k' };
    expect(await runCli(['kp', 'keys', '-i', instance], nowhere, root)).toMatchObject({
      status: 6,
      err: expect.stringContaining('[SERVER_UNREACHABLE]'),
    });
    expect((await runCli(['kp', 'keys', '-i', instance], {}, root)).status).toBe(4);
  });

  test('authorizes a service by the names of roles, and takes it back', async () => {
    const words = ['iam', 'authorization-policy-create', 'containers-kubernetes', 'kms', 'reader, Authorization Delegator'];
    const { id } = await json(...words, '--target-service-instance-id', instance);
    const { out } = await rw('iam', 'authorization-policies');
    expect(out).toContain(String(id));
    expect(out).toMatch(/containers-kubernetes +All instances +kms/);
    expect((await rw('iam', 'authorization-policy-delete', String(id))).status).toBe(0);
    expect(await json('iam', 'authorization-policies')).toEqual([]);
    expect(await rw('iam', 'authorization-policy-create', 'containers-kubernetes', 'kms', 'Boss')).toMatchObject({
      status: 1,
      err: expect.stringContaining('Reader'),
    });
  });

  test('gives a program a key of its own', async () => {
    const { apikey } = await json('iam', 'api-key-create', 'job');
    const env = { ROOTWARD_URL: server.said.url, ROOTWARD_API_KEY: String(apikey), KP_INSTANCE_ID: instance };
    expect((await runCli(['kp', 'keys'], env, root)).status).toBe(0);
    expect((await json('iam', 'oauth-tokens')).iam_token).toMatch(/^Bearer ey/);
  });
});

describe('the offline commands', () => {
  test('verify the audit log beside the running server, and find one changed byte', async () => {
    const dataDir = join(root, 'real');
    expect(await runCli(['audit', 'verify', '--data-dir', dataDir], {}, root)).toMatchObject({
      status: 0,
      out: expect.stringContaining('verified'),
    });
    expect((await rw('audit', 'verify', '--dev', '--data-dir', join(root, 'data'))).status).toBe(0);
    const folder = join(dataDir, 'audit');
    const file = join(folder, readdirSync(folder).sort()[0] ?? '');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"success"', '"failure"'));
    expect(readFileSync(file, 'utf8')).not.toBe(text);
    expect(await runCli(['audit', 'verify', '--data-dir', dataDir], {}, root)).toMatchObject({
      status: 2,
      out: expect.stringContaining('NOT VERIFIED'),
      err: expect.stringContaining('[AUDIT_CHAIN]'),
    });
  });

  test('make a recovery code in a file that only its owner reads, and refuse to overwrite it', async () => {
    const code = join(root, 'code');
    const words = ['seal', 'recovery-code', 'create', '--data-dir', join(root, 'real'), '--file', code];
    const status = () => runCli(['seal', 'status', '--data-dir', join(root, 'real')], {}, root);
    expect((await status()).err).toContain('there is no recovery code');
    expect(await runCli(words, {}, root)).toMatchObject({ status: 0, out: '' });
    expect(statSync(code).mode & 0o777).toBe(0o600);
    expect(await status()).toMatchObject({ status: 0, err: '', out: expect.stringContaining('recovery-code') });
    const before = readFileSync(code, 'utf8');
    expect((await runCli(words, {}, root)).status).not.toBe(0);
    expect(readFileSync(code, 'utf8')).toBe(before);
  });

  test('show the settings as file, environment and flags give them', async () => {
    const file = join(root, 'rootward.yaml');
    writeFileSync(file, 'region: eu-de\nlogLevel: debug\n');
    const words = ['config', 'show', '--config', file, '--data-dir', '/srv/rootward', '--output', 'json'];
    const { out } = await runCli(words, { ROOTWARD_LOG_LEVEL: 'warn' }, root);
    expect(JSON.parse(out)).toMatchObject({ region: 'eu-de', logLevel: 'warn', dataDir: '/srv/rootward' });
  });
});
