import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rememberServer } from './known-servers.ts';
import { findLogin } from './login.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rootward-login-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function devServer(url = 'http://127.0.0.1:1234') {
  mkdirSync(join(cwd, '.rootward'));
  writeFileSync(join(cwd, '.rootward', 'server.json'), JSON.stringify({ url }));
  writeFileSync(join(cwd, '.rootward', 'dev-api-key'), 'dev-key\n');
}

test('to a development server elsewhere on this machine knows its data directory, while it runs', () => {
  const env = { ROOTWARD_URL: 'http://127.0.0.1:4321', ROOTWARD_API_KEY: 'k', XDG_CACHE_HOME: join(cwd, 'cache') };
  const forget = rememberServer('http://127.0.0.1:4321', '/srv/data', env);
  expect(findLogin({}, { env, cwd })).toMatchObject({ apiKey: 'k', dataDir: '/srv/data' });
  expect(findLogin({ url: 'http://127.0.0.1:4322' }, { env, cwd }).dataDir).toBeUndefined();
  forget();
  expect(findLogin({}, { env, cwd }).dataDir).toBeUndefined();
});

test('a server starts although its cache directory cannot be written', () => {
  writeFileSync(join(cwd, 'cache'), '');
  expect(() => rememberServer('http://127.0.0.1:4321', '/srv/data', { XDG_CACHE_HOME: join(cwd, 'cache') })()).not.toThrow();
});

describe('a login', () => {
  test('is that of the development server of this directory if nothing else is said', () => {
    devServer();
    expect(findLogin({}, { env: { HOME: cwd }, cwd })).toEqual({
      url: 'http://127.0.0.1:1234',
      apiKey: 'dev-key',
      dataDir: join(cwd, '.rootward'),
    });
  });

  test('never sends the development key to another server', () => {
    devServer();
    expect(() => findLogin({ url: 'https://elsewhere.example' }, { env: { HOME: cwd }, cwd })).toThrow(/No API key is known/);
  });

  test('knows the data directory only of the server that is here', () => {
    devServer();
    const env = { ROOTWARD_URL: 'https://elsewhere.example', ROOTWARD_API_KEY: 'k' };
    expect(findLogin({}, { env, cwd })).toEqual({ url: 'https://elsewhere.example', apiKey: 'k', dataDir: undefined });
    expect(findLogin({}, { env: { ...env, ROOTWARD_URL: 'http://127.0.0.1:1234/' }, cwd }).dataDir).toBe(join(cwd, '.rootward'));
  });

  test('takes flags before ROOTWARD_URL before KP_TARGET_ADDR', () => {
    const env = { ROOTWARD_URL: 'http://a', KP_TARGET_ADDR: 'http://b', ROOTWARD_API_KEY: 'k' };
    expect(findLogin({ url: 'http://c' }, { env, cwd }).url).toBe('http://c');
    expect(findLogin({}, { env, cwd }).url).toBe('http://a');
    expect(findLogin({}, { env: { ...env, ROOTWARD_URL: '' }, cwd }).url).toBe('http://b');
  });

  test('reads a key from the file that a flag or ROOTWARD_API_KEY_FILE names', () => {
    const file = join(cwd, 'key');
    writeFileSync(file, ' from-file \n');
    const env = { ROOTWARD_URL: 'http://a', ROOTWARD_API_KEY: 'k' };
    expect(findLogin({ apiKeyFile: file }, { env, cwd }).apiKey).toBe('from-file');
    expect(findLogin({}, { env: { ROOTWARD_URL: 'http://a', ROOTWARD_API_KEY_FILE: file }, cwd }).apiKey).toBe('from-file');
    expect(() => findLogin({ apiKeyFile: join(cwd, 'none') }, { env, cwd })).toThrow(/cannot be read/);
  });

  test('to something that is no URL is refused', () => {
    expect(() => findLogin({ url: 'localhost:8480' }, { env: { ROOTWARD_API_KEY: 'k' }, cwd })).toThrow(/not the URL/);
  });
});
