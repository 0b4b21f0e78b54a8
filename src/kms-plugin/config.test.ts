import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readApiKey, readConfig } from './config.ts';

let directory: string;
const good = {
  serverUrl: 'https://kms.example',
  apiKeyFile: '/etc/rootward/api-key',
  clusterId: 'c1',
  nodeName: 'node-1',
  socketPath: '/run/rootward/kms.sock',
  stateDirectory: '/var/lib/rootward',
  serverId: 'server-1',
};
const write = (value: unknown, mode = 0o600): string => {
  const file = join(directory, 'config.json');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  chmodSync(file, mode);
  return file;
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kms-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a good file is read, with defaults', () => {
  expect(readConfig(write(good))).toMatchObject({ ...good, pollIntervalMs: 25_000, probeIntervalMs: 15_000 });
  const serverUrl = 'unix:///dev/shm/rootward-1-srv/server.sock';
  expect(readConfig(write({ ...good, serverUrl }))).toMatchObject({ serverUrl });
});

test('every mistake is named', () => {
  const { serverId: _, ...incomplete } = good;
  for (const [value, message] of [
    [{ ...good, serverUri: 'x' }, /serverUri is not a known field/],
    [{ ...good, socketPath: 'kms.sock' }, /socketPath/],
    [{ ...good, serverUrl: 'unix:server.sock' }, /serverUrl/],
    [{ ...good, serverUrl: 'ftp://kms.example' }, /serverUrl/],
    [{ ...good, pollIntervalMs: -1 }, /pollIntervalMs/],
    [incomplete, /serverId/],
    ['{', /not JSON/],
    [[], /whole document/],
  ] as const) {
    expect(() => readConfig(write(value))).toThrow(message);
  }
});

test('a file that others may write is refused, and an API key that others may read', () => {
  expect(() => readConfig(write(good, 0o666))).toThrow(/others may write/);
  expect(() => readApiKey(write('some-api-key', 0o644))).toThrow(/others may read/);
  expect(readApiKey(write('some-api-key\n', 0o600))).toBe('some-api-key');
  expect(() => readApiKey(write('two words', 0o600))).toThrow(/no API key/);
  expect(() => readApiKey(join(directory, 'missing'))).toThrow(/does not exist/);
});
