import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keptTokens } from './exchange.ts';
import { forgetLogin, type KeptLogin, keepLogin, loginFile, readKeptLogin } from './kept-login.ts';
import { findLogin } from './login.ts';
import { withLock } from './login-lock.ts';

const LOGIN: KeptLogin = {
  url: 'http://127.0.0.1:1',
  accountId: 'a',
  iamId: 'IBMid-1',
  user: 'ada@example.com',
  accessToken: 'access',
  staleAt: 1000,
  refreshToken: 'refresh',
};

let home: string;
let env: { HOME: string };
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rootward-kept-'));
  env = { HOME: home };
});
afterEach(() => rmSync(home, { recursive: true }));

test('a login is in a file that only its owner can read, and nothing else is left beside it', () => {
  keepLogin(env, LOGIN);
  keepLogin(env, { ...LOGIN, refreshToken: 'next' });
  expect(readKeptLogin(env)?.refreshToken).toBe('next');
  const file = loginFile(env);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  expect(readdirSync(dirname(file))).toEqual(['login.json']);
  forgetLogin(env);
  expect(readKeptLogin(env)).toBeUndefined();
});

test('a login that others could read, or that is damaged, is not used', () => {
  keepLogin(env, LOGIN);
  chmodSync(loginFile(env), 0o640);
  expect(() => readKeptLogin(env)).toThrow(/can be read by other users/);
  chmodSync(loginFile(env), 0o600);
  writeFileSync(loginFile(env), '{"url":');
  expect(() => readKeptLogin(env)).toThrow(/cannot be read/);
});

test('the token of a login is never sent to another server, also not when somebody logs in there meanwhile', async () => {
  keepLogin(env, LOGIN);
  const tokens = keptTokens(LOGIN.url, { env, now: () => 0 });
  expect(await tokens()).toBe('access');
  keepLogin(env, { ...LOGIN, url: 'https://elsewhere.example', accessToken: 'secret of elsewhere' });
  await expect(tokens()).rejects.toMatchObject({ code: 'NOT_LOGGED_IN' });
});

test('a login counts for its own server, and an API key that is given counts before it', () => {
  keepLogin(env, LOGIN);
  const find = (more: NodeJS.ProcessEnv = {}) => findLogin({}, { env: { ...env, ...more }, cwd: home });
  expect(find()).toMatchObject({ url: LOGIN.url, kept: LOGIN });
  const named = find({ ROOTWARD_API_KEY: 'k', ROOTWARD_URL: LOGIN.url });
  expect([named.apiKey, named.kept]).toEqual(['k', undefined]);
  // A key goes only where it is told to go.
  expect(() => find({ ROOTWARD_API_KEY: 'k' })).toThrow(/No server is known/);
  expect(() => find({ ROOTWARD_URL: 'https://elsewhere.example' })).toThrow(/not logged in there/);
});

test('a development server of this directory is meant before a server that one is logged in to', () => {
  keepLogin(env, LOGIN);
  mkdirSync(join(home, '.rootward'));
  writeFileSync(join(home, '.rootward', 'server.json'), JSON.stringify({ url: 'http://127.0.0.1:2' }));
  writeFileSync(join(home, '.rootward', 'dev-api-key'), 'dev-key');
  expect(findLogin({}, { env, cwd: home })).toMatchObject({ url: 'http://127.0.0.1:2', apiKey: 'dev-key' });
  expect(findLogin({ url: LOGIN.url }, { env, cwd: home })).toMatchObject({ url: LOGIN.url, kept: LOGIN });
});

test('two commands renew one after the other, and a lock of one that was killed is taken after a while', async () => {
  const file = loginFile(env);
  const steps: string[] = [];
  const work = (name: string) => () =>
    new Promise<void>((done) => {
      steps.push(`${name} begins`);
      setTimeout(() => {
        steps.push(`${name} ends`);
        done();
      }, 20);
    });
  await Promise.all([withLock(file, work('one')), withLock(file, work('two'))]);
  expect(steps).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  writeFileSync(`${file}.lock`, '');
  utimesSync(`${file}.lock`, new Date(0), new Date(0));
  await withLock(file, work('three'));
  expect(steps).toHaveLength(6);
});
