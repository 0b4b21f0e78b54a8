/** The first hour of somebody who has just cloned this: `rootward start` (what `npm start` runs) in a home of its own, without root. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { findPresentBinaries, machineDeps } from '../../src/controlplane/binaries/find-binaries.ts';
import { readClusterFile } from '../../src/controlplane/cluster-file.ts';
import { identify } from '../../src/controlplane/processes/process-identity.ts';
import { inCache } from './cached-programs.ts';
import { type Home, makeHome, type Started } from './first-hour-home.ts';
import { until } from './until.ts';

const FREE = ['--listen', '127.0.0.1:0', '--management-listen', '127.0.0.1:0'];
const WITHIN_MS = 5000;
/** The line of `up --json`. */
const READY_LINE = /^\{"url".*\}\n/m;
const HALF_SENT_MS = 300;
const present = await findPresentBinaries(machineDeps({}, () => {}));
const runs: Started[] = [];
let home: Home;

beforeAll(() => {
  home = makeHome(present === null ? new Map() : inCache(present));
});
afterAll(async () => {
  await endAll();
  home.remove();
});

async function endAll(): Promise<void> {
  for (const { child, exited } of runs) {
    if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGINT');
    await exited;
  }
}

function start(...words: string[]): Started {
  const run = home.start(...words);
  runs.push(run);
  return run;
}

describe('a server without root', () => {
  it('up --dev --json prints exactly one line, within 5 s and before there is any cluster; SIGTERM ends it with status 0', {
    retry: 2,
  }, async () => {
    const began = performance.now();
    const run = start('up', '--dev', '--json', ...FREE, '--data-dir', join(home.root, 'work', 'json'));
    const line = await run.says(READY_LINE, 30_000);
    const took = performance.now() - began;
    process.stderr.write(`    up --dev --json: ${Math.round(took)} ms\n`);
    expect(Object.keys(JSON.parse(line) as object)).toEqual(
      expect.arrayContaining(['url', 'console_url', 'account_id', 'resource_group_id', 'region', 'data_dir', 'api_key']),
    );
    expect(readdirSync(join(home.root, 'work', 'json', 'clusters'))).toEqual([]);
    run.child.kill('SIGTERM');
    expect(await run.exited).toEqual([0, null]);
    expect(
      run
        .text()
        .split('\n')
        .filter((text) => text.startsWith('{"url"')),
    ).toHaveLength(1);
    expect(took).toBeLessThan(WITHIN_MS);
  });

  it('SIGTERM lets a request that is under way be answered', async () => {
    const run = start('up', '--dev', '--json', ...FREE, '--data-dir', join(home.root, 'work', 'json'));
    const said = JSON.parse(await run.says(READY_LINE, 30_000)) as { url: string; api_key: string };
    const { hostname, port } = new URL(said.url);
    const body = `grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=${said.api_key}`;
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    const head = ['POST /identity/token HTTP/1.1', `host: ${hostname}`, `content-length: ${body.length}`];
    socket.write(`${head.join('\r\n')}\r\ncontent-type: application/x-www-form-urlencoded\r\n\r\n${body.slice(0, 20)}`);
    await sleep(HALF_SENT_MS);
    run.child.kill('SIGTERM');
    await sleep(HALF_SENT_MS);
    socket.write(body.slice(20));
    const asked = performance.now();
    expect(await run.exited).toEqual([0, null]);
    // A client that keeps its connection open does not hold the server.
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('"access_token"');
  });

  it('without --dev the seal key is a 0400 file outside the data directory, and the first API key a 0600 file', async () => {
    const dataDir = join(home.root, 'work', 'real');
    const run = start('up', '--json', ...FREE, '--data-dir', dataDir);
    const said = JSON.parse(await run.says(READY_LINE, 30_000)) as { api_key?: string; api_key_file: string };
    run.child.kill('SIGTERM');
    expect(await run.exited).toEqual([0, null]);
    expect(said.api_key).toBeUndefined();
    expect(statSync(`${dataDir}.seal.key`).mode & 0o777).toBe(0o400);
    expect(statSync(said.api_key_file).mode & 0o777).toBe(0o600);
    // The directory of the socket for plugins and agents outlives a server whose clusters run on.
    for (const path of home.litter()) if (path.endsWith('-srv')) rmSync(path, { recursive: true });
    expect(run.text()).not.toContain(readFileSync(said.api_key_file, 'utf8').trim());
    expect(readdirSync(dataDir)).not.toContain('dev-seal.key');
  });
});

describe('npm start without root (needs kube-apiserver and etcd: rootward controlplane fetch)', () => {
  const it = test.skipIf(present === null);
  let first: Started;
  let account: string | undefined;
  let key: string;
  let before: string[];
  /** The directory with the keys of the demo's cluster, on tmpfs. */
  const runtimes = () => {
    const clusters = join(home.dataDir, 'clusters');
    return readdirSync(clusters).flatMap((id) => readClusterFile(join(clusters, id))?.runtime ?? []);
  };
  const accountIn = (text: string) => /Account: +([0-9a-f]{32})/.exec(text)?.[1];

  it('shows the address and where the key is within 5 s, before there is any cluster', { retry: 1 }, async () => {
    await endAll();
    rmSync(home.dataDir, { recursive: true, force: true });
    before = [...home.list(), ...home.litter()];
    const began = performance.now();
    first = start('start', ...FREE);
    await first.says(/API key: +in .*\n/, 30_000);
    const took = performance.now() - began;
    const clusters = readdirSync(join(home.dataDir, 'clusters'));
    key = readFileSync(join(home.dataDir, 'dev-api-key'), 'utf8');
    account = accountIn(first.text());
    expect(first.text()).toMatch(/Rootward: +http:\/\/127\.0\.0\.1:\d+/);
    expect(first.text()).not.toContain(key.trim());
    expect(clusters).toEqual([]);
    process.stderr.write(`    start: ${Math.round(took)} ms\n`);
    expect(took).toBeLessThan(WITHIN_MS);
  });

  it('says which programs it took and why not the others, and builds nothing', async () => {
    await first.says(/1\/\d+ /, 60_000);
    expect(first.text()).toMatch(/etcd 3\.\S+ from cache: /);
    expect(first.text()).toContain('not from configuration: no path is configured');
    expect(first.text()).not.toMatch(/building|downloading/);
  });

  it('Ctrl-C, in the middle of the demo, stops every child and leaves no keys on tmpfs', async () => {
    const names = ['etcd-0', 'kube-apiserver-0', 'kms-plugin-0', 'cluster-agent-0'];
    const processes = await until(
      'all four processes',
      async () => {
        const found = home.processes();
        return names.every((name) => found.has(name)) && found;
      },
      { timeoutMs: 120_000, seen: first.text },
    );
    const [runtime = ''] = runtimes();
    expect(statSync(runtime).mode & 0o777).toBe(0o700);
    process.kill(-(first.child.pid ?? 0), 'SIGINT');
    expect(await first.exited).toEqual([0, null]);
    expect([...processes].filter(([, pid]) => identify(pid) !== null)).toEqual([]);
    expect(home.processes()).toEqual(new Map());
    expect(existsSync(runtime)).toBe(false);
  });

  it('a second start has the same account, key and programs; a Ctrl-C that reaches the launcher only ends it too', async () => {
    const second = start('start', ...FREE);
    await second.says(/API key: +in .*\n/, 30_000);
    expect(accountIn(second.text())).toBe(account);
    expect(readFileSync(join(home.dataDir, 'dev-api-key'), 'utf8')).toBe(key);
    await until('an apiserver', async () => home.processes().has('kube-apiserver-0'), { timeoutMs: 60_000, seen: second.text });
    expect(second.text()).not.toMatch(/building|downloading/);
    const processes = home.processes();
    second.child.kill('SIGINT');
    expect(await second.exited).toEqual([0, null]);
    expect([...processes].filter(([, pid]) => identify(pid) !== null)).toEqual([]);
    expect(runtimes().filter((path) => existsSync(path))).toEqual([]);
  });

  it('nothing was written outside the data directory and the cache', () => {
    const isOurs = (path: string) => path.startsWith('work/.rootward') || path.startsWith('home/.cache/rootward/');
    expect(home.list().filter((path) => !before.includes(path) && !isOurs(path))).toEqual([]);
    expect(home.litter().filter((path) => !before.includes(path))).toEqual([]);
  });
});
