/** Where kube-apiserver and etcd come from on a machine that has neither: a server, the demo and `controlplane fetch` beside a local release server. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPresentBinaries, machineDeps } from '../../src/controlplane/binaries/find-binaries.ts';
import { PROGRAMS } from '../../src/controlplane/binaries/programs.ts';
import { type CliResult, PROGRAM, runCli } from '../process/run-cli.ts';
import { type ReadyProcess, spawnReady } from '../process/spawn-ready.ts';
import { type ReleaseServer, type Service, serveReleases } from './release-server.ts';

const FREE = ['--listen', '127.0.0.1:0', '--management-listen', '127.0.0.1:0'];
const THREE_WAYS = /^No usable [^.]* was found: install .* on PATH, or allow the download .*, or install Go .*$/;
const present = await findPresentBinaries(machineDeps({}, () => {}));
const isRelease = present !== null && Object.values(present).every(({ name, version }) => PROGRAMS[name].version === version);
let root: string;
let releases: ReleaseServer;
let server: ReadyProcess<{ readonly url: string }>;
let env: Record<string, string>;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'rw-programs-'));
  releases = await serveReleases(isRelease ? present : null);
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin', 'go'), '#!/bin/sh\necho "go version go1.19.2 linux/amd64"\n');
  chmodSync(join(root, 'bin', 'go'), 0o755);
  env = {
    PATH: join(root, 'bin'),
    HOME: join(root, 'home'),
    XDG_CACHE_HOME: join(root, 'cache'),
    ROOTWARD_DATA_DIR: join(root, 'data'),
    ...releases.env,
  };
  server = await spawnReady(PROGRAM, ['up', '--dev', '--json', ...FREE], { env, patienceMs: 60_000 });
});
afterAll(async () => {
  await server.end('SIGTERM');
  await releases.close();
  rmSync(root, { recursive: true, force: true });
});

const rw = (...words: string[]): Promise<CliResult> => runCli(words, env, root);
const unfinished = () => {
  const folder = join(root, 'cache', 'rootward', 'controlplane', 'unfinished');
  return existsSync(folder) ? readdirSync(folder) : [];
};

describe('a machine without kube-apiserver and etcd, whose Go is too old', () => {
  const SERVICES: readonly (readonly [string, Service, RegExp])[] = [
    ['no network', 'dead', /release: \S+ cannot be reached/],
    ['no such release', 'gone', /release: \S+ answers 404/],
    ['a wrong checksum', 'changed', /release: the checksum of \S+ is wrong/],
    ['a truncated download', 'truncated', /release: /],
  ];

  test.each(SERVICES)(
    '%s: fetching fails with the three ways and why every source was passed over',
    async (_name, service, reason) => {
      releases.service = service;
      const { status, err } = await rw('controlplane', 'fetch');
      expect(status).toBe(6);
      expect(err).toContain('error: [BINARIES_UNAVAILABLE] No usable kube-apiserver and etcd was found: install');
      expect(err).toMatch(reason);
      expect(err).toMatch(/configuration: no path .*; path: there is no .*; cache: .*; release: .*; build: .*go is Go 1\.19/);
      expect(unfinished()).toEqual([]);
    },
  );

  test.each(SERVICES)(
    '%s: the demo stops first, with one sentence that names the three ways, and the server stays up',
    async (_name, service) => {
      releases.service = service;
      const { status, out, err } = await rw('demo', '--json');
      expect(status).not.toBe(0);
      const steps = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { step: string; ok: boolean; detail: string });
      expect(steps).toMatchObject([{ step: 'cluster', ok: false }]);
      expect(steps[0]?.detail.replace(/^\[[A-Z_]+\] /, '')).toMatch(THREE_WAYS);
      expect(err.trim().split('\n')).toHaveLength(1);
      expect((await rw('status')).status).toBe(0);
      const [cluster] = JSON.parse((await rw('ks', 'cluster', 'ls', '--output', 'json')).out) as { id: string }[];
      expect((await rw('ks', 'cluster', 'rm', '-c', cluster?.id ?? '', '--force')).status).toBe(0);
    },
  );
});

describe.skipIf(!isRelease)('a release whose checksum fits (needs these releases here: rootward controlplane fetch)', () => {
  test('is taken by controlplane fetch alone, which says what was passed over, and from then on comes from the cache', async () => {
    releases.service = 'good';
    const fetched = await rw('controlplane', 'fetch');
    expect(fetched).toMatchObject({ status: 0, err: expect.stringContaining('downloading kube-apiserver') });
    for (const name of ['etcd', 'kube-apiserver'] as const) {
      expect(fetched.out).toContain(`${name} ${PROGRAMS[name].version} from release: ${join(root, 'cache')}`);
      expect(fetched.out).toContain(`not from path: there is no ${name} on PATH`);
    }
    releases.service = 'dead';
    const again = await rw('controlplane', 'fetch');
    expect(again).toMatchObject({ status: 0, err: '' });
    expect(again.out).toContain(`etcd ${PROGRAMS.etcd.version} from cache`);
  });

  test('serves the next cluster of the server that could not make one before', async () => {
    const made = await rw(
      'ks',
      'cluster',
      'create',
      'classic',
      '--name',
      'now',
      '--wait',
      '--timeout',
      '120',
      '--output',
      'json',
    );
    expect(made.status, made.err).toBe(0);
    expect(JSON.parse(made.out)).toMatchObject({ name: 'now', state: 'normal' });
  });
});
