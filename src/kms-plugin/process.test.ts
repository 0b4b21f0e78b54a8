import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeyServer } from './testkit/key-server.ts';
import { connect } from './testkit/plugin.ts';
import { getByUnix, PluginProcess } from './testkit/process.ts';

let server: KeyServer;
let directory: string;
let configFile: string;
let started: PluginProcess[];
const socketPath = (): string => join(directory, 'run', 'kms.sock');
const management = (): string => join(directory, 'run', 'management.sock');
const start = (): PluginProcess => {
  const plugin = new PluginProcess(configFile);
  started.push(plugin);
  return plugin;
};
const untilReady = (): Promise<unknown> =>
  vi.waitUntil(
    async () => existsSync(management()) && (await getByUnix(management(), '/readyz').catch(() => undefined))?.status === 200,
    {
      timeout: 10_000,
      interval: 50,
    },
  );

beforeEach(async () => {
  server = new KeyServer();
  await server.start();
  server.activate(server.createKey());
  directory = mkdtempSync(join(tmpdir(), 'kms-process-'));
  started = [];
  writeFileSync(join(directory, 'api-key'), server.apiKey, { mode: 0o600 });
  configFile = join(directory, 'config.json');
  const config = {
    serverUrl: server.url,
    apiKeyFile: join(directory, 'api-key'),
    clusterId: server.clusterId,
    nodeName: 'node-1',
    socketPath: socketPath(),
    stateDirectory: join(directory, 'state'),
    serverId: server.serverId,
    probeIntervalMs: 200,
  };
  writeFileSync(configFile, JSON.stringify(config), { mode: 0o600 });
});

afterEach(async () => {
  for (const each of started) await each.terminate();
  await server.stop();
  rmSync(directory, { recursive: true });
});

test('serves on sockets for owner and group, tells how it is, and ends within five seconds on SIGTERM', async () => {
  const plugin = start();
  await untilReady();
  expect(statSync(join(directory, 'run')).mode & 0o777).toBe(0o750);
  expect(statSync(socketPath()).mode & 0o777).toBe(0o660);
  expect(await getByUnix(management(), '/livez')).toEqual({ status: 200, body: 'ok\n' });
  expect((await getByUnix(management(), '/metrics')).body).toMatch(/rootward_kms_plugin_ready 1/);
  expect((await getByUnix(management(), '/')).status).toBe(404);
  const client = connect(socketPath(), 'v2');
  await client.call('Status', {});
  const { status, took } = await plugin.terminate();
  client.close();
  expect(status).toBe(0);
  expect(took).toBeLessThan(5000);
  expect(readdirSync(join(directory, 'run'))).toEqual([]);
}, 20_000);

test('not ready is said with its reason while the process is alive', async () => {
  server.forgetActivations();
  start();
  await vi.waitUntil(() => existsSync(management()), { timeout: 5000 });
  await vi.waitUntil(async () => (await getByUnix(management(), '/readyz')).body.includes('No root key is active'), {
    timeout: 5000,
  });
  expect((await getByUnix(management(), '/readyz')).status).toBe(503);
  expect((await getByUnix(management(), '/livez')).status).toBe(200);
}, 20_000);

test('a successor takes the socket over without a failed call', async () => {
  const old = start();
  await untilReady();
  const client = connect(socketPath(), 'v2');
  let calls = 0;
  const failures: unknown[] = [];
  let going = true;
  const hammer = async (): Promise<void> => {
    while (going) {
      try {
        const { ciphertext, keyId } = await client.call<{ ciphertext: Uint8Array; keyId: string }>('Encrypt', {
          plaintext: randomBytes(32),
          uid: 'u',
        });
        await client.call('Decrypt', { ciphertext, keyId, uid: 'v' });
        calls += 2;
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const workers = Promise.all([hammer(), hammer(), hammer()]);
  const inode = statSync(socketPath()).ino;
  start();
  await vi.waitUntil(() => statSync(socketPath()).ino !== inode, { timeout: 10_000 });
  await untilReady();
  expect((await old.terminate()).status).toBe(0);
  const before = calls;
  await vi.waitUntil(() => calls > before + 100, { timeout: 10_000 });
  going = false;
  await workers;
  client.close();
  expect(failures).toEqual([]);
  expect(existsSync(socketPath())).toBe(true);
}, 40_000);

test('a successor that is not ready leaves the socket to its predecessor', async () => {
  start();
  await untilReady();
  const { ino } = statSync(socketPath());
  server.stateFault = '503';
  const successor = start();
  await vi.waitUntil(() => successor.stderr.includes('could not be asked'), { timeout: 5000 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(statSync(socketPath()).ino).toBe(ino);
  server.stateFault = 'none';
  await vi.waitUntil(() => statSync(socketPath()).ino !== ino, { timeout: 8000 });
}, 30_000);

test('a stale socket of a process that was killed is replaced', async () => {
  const first = start();
  await untilReady();
  const { ino } = statSync(socketPath());
  first.child.kill('SIGKILL');
  await vi.waitUntil(() => first.child.signalCode !== null, { timeout: 5000 });
  start();
  await vi.waitUntil(() => statSync(socketPath()).ino !== ino, { timeout: 5000 });
  await untilReady();
}, 30_000);

test('logs and state on disk hold no API key, no token and no plaintext', async () => {
  const plugin = start();
  await untilReady();
  const client = connect(socketPath(), 'v2');
  const secret = randomBytes(32);
  const sealed = await client.call<{ ciphertext: Uint8Array; keyId: string }>('Encrypt', {
    plaintext: Buffer.from(secret),
    uid: 'u',
  });
  await client.call('Decrypt', { ciphertext: sealed.ciphertext, keyId: sealed.keyId, uid: 'v' });
  await client.call('Decrypt', { ciphertext: Buffer.from('nonsense'), keyId: 'x', uid: 'v' }).catch(() => undefined);
  client.close();
  await plugin.terminate();
  const written =
    plugin.stderr +
    readdirSync(join(directory, 'state'))
      .map((name) => readFileSync(join(directory, 'state', name), 'latin1'))
      .join();
  expect(written).toContain('a call failed');
  for (const text of [
    server.apiKey,
    'Bearer',
    ...server.tokens(),
    secret.toString('base64'),
    secret.toString('hex'),
    secret.toString('latin1'),
  ]) {
    expect(written).not.toContain(text);
  }
}, 20_000);

test('a bad configuration ends the process with the field in the message', async () => {
  writeFileSync(configFile, '{"serverUrl":"https://x"}');
  const plugin = start();
  await vi.waitUntil(() => plugin.child.exitCode !== null, { timeout: 5000 });
  expect(plugin.child.exitCode).toBe(1);
  expect(plugin.stderr).toMatch(/apiKeyFile|required/);
}, 20_000);

test('a socket directory that others may write ends the process with a sentence, not with a silent wait', async () => {
  mkdirSync(join(directory, 'run'));
  chmodSync(join(directory, 'run'), 0o777);
  const plugin = start();
  await vi.waitUntil(() => plugin.child.exitCode !== null, { timeout: 5000 });
  expect(plugin.child.exitCode).toBe(1);
  expect(plugin.stderr).toMatch(/others may write it/);
}, 20_000);
