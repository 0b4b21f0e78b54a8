import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RootwardError } from '../../contract/errors.ts';
import { cachedPath } from './cache.ts';
import { findBinaries, findPresentBinaries } from './find-binaries.ts';
import type { FinderDeps } from './finder.ts';
import { PROGRAMS, type ProgramName } from './programs.ts';

const GIB = 2 ** 30;
let root: string;
let server: Server;
let files: Map<string, Buffer>;
let truncateAt: number | null;
let requests: string[];
let lines: string[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'rootward-binaries-'));
  files = new Map();
  truncateAt = null;
  requests = [];
  lines = [];
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const body = files.get(request.url ?? '');
    if (body === undefined) return response.writeHead(404).end();
    response.writeHead(200, { 'content-length': body.length });
    if (truncateAt === null || body.length <= truncateAt) return response.end(body);
    response.write(body.subarray(0, truncateAt), () => response.destroy());
    return response;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true, force: true });
});

function program(name: ProgramName, version: string): string {
  return `#!/bin/sh\necho '${name === 'etcd' ? 'etcd Version: ' : 'Kubernetes v'}${version}'\n`;
}

function executable(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

function inCache(name: ProgramName, text = program(name, PROGRAMS[name].version)): string {
  const path = executable(cachedPath(PROGRAMS[name], deps()), text);
  writeFileSync(`${path}.sha256`, `${sha256(Buffer.from(text))}\n`);
  return path;
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** One regular file in a tar archive, after a directory and another file, as release archives have them. */
function archive(member: string, text: string): Buffer {
  const entry = (name: string, body: string, type: string): Buffer => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 'latin1');
    header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    header.write(type, 156, 'latin1');
    header.write('ustar', 257, 'latin1');
    return Buffer.concat([header, Buffer.from(body), Buffer.alloc((512 - (body.length % 512)) % 512)]);
  };
  const folder = dirname(member);
  const parts = [entry(`${folder}/`, '', '5'), entry(`${folder}/README.md`, 'x'.repeat(700), '0'), entry(member, text, '0')];
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)]));
}

function release(overrides: { apiserver?: string; etcd?: string } = {}): void {
  const apiserver = Buffer.from(overrides.apiserver ?? program('kube-apiserver', PROGRAMS['kube-apiserver'].version));
  const folder = `etcd-v${PROGRAMS.etcd.version}-linux-amd64`;
  const tarball = archive(`${folder}/etcd`, overrides.etcd ?? program('etcd', PROGRAMS.etcd.version));
  const kubernetes = `/k8s/v${PROGRAMS['kube-apiserver'].version}/bin/linux/amd64/kube-apiserver`;
  files.set(kubernetes, apiserver).set(`${kubernetes}.sha256`, Buffer.from(sha256(apiserver)));
  const etcd = `/etcd/v${PROGRAMS.etcd.version}`;
  const sums = `${'0'.repeat(64)}  other.tar.gz\n${sha256(tarball)}  ${folder}.tar.gz\n`;
  files.set(`${etcd}/${folder}.tar.gz`, tarball).set(`${etcd}/SHA256SUMS`, Buffer.from(sums));
}

/** A `go` that says a version and "builds" by copying a prepared program. */
function fakeGo(version: string): void {
  const prepared = join(root, 'prepared');
  for (const name of ['etcd', 'kube-apiserver'] as const) executable(join(prepared, name), program(name, PROGRAMS[name].version));
  executable(
    join(root, 'bin', 'go'),
    `#!/bin/sh
if [ "$1" = version ]; then echo "go version go${version} linux/amd64"; exit 0; fi
echo "$PWD $GOCACHE" >> ${root}/go-calls
while [ "$1" != -o ]; do shift; done
case "$3" in go.etcd.io/*) from=etcd ;; *) from=kube-apiserver ;; esac
/bin/sleep 0.3
/bin/cp ${prepared}/$from "$2"
`,
  );
}

function deps(overrides: Partial<FinderDeps> = {}): FinderDeps {
  const address = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${address.port}`;
  return {
    settings: { download: { kubernetesUrl: `${base}/k8s`, etcdUrl: `${base}/etcd` } },
    environment: { PATH: join(root, 'bin'), XDG_CACHE_HOME: join(root, 'cache'), HOME: root },
    architecture: 'amd64',
    freeMemoryBytes: () => 8 * GIB,
    freeDiskBytes: () => 100 * GIB,
    report: (line) => lines.push(line),
    ...overrides,
  };
}

async function refusal(overrides: Partial<FinderDeps> = {}): Promise<RootwardError> {
  const error = await findBinaries(deps(overrides)).then(
    () => new Error('both were found'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RootwardError);
  return error as RootwardError;
}

describe('the order of sources', () => {
  it('a configured path wins over everything', async () => {
    release();
    executable(join(root, 'bin', 'etcd'), program('etcd', '3.5.1'));
    inCache('etcd');
    const paths = {
      etcd: executable(join(root, 'mine', 'etcd'), program('etcd', '3.5.0')),
      'kube-apiserver': executable(join(root, 'mine', 'kas'), program('kube-apiserver', '1.29.0')),
    };
    const found = await findBinaries(deps({ settings: { paths } }));
    expect(found.etcd).toEqual({ name: 'etcd', path: paths.etcd, version: '3.5.0', source: 'configuration', tried: [] });
    expect(found['kube-apiserver'].source).toBe('configuration');
  });

  it('PATH comes next, and the report says that nothing was configured', async () => {
    executable(join(root, 'bin', 'etcd'), program('etcd', '3.5.1'));
    executable(join(root, 'bin', 'kube-apiserver'), program('kube-apiserver', '1.30.2'));
    const { etcd } = await findBinaries(deps());
    expect(etcd.source).toBe('path');
    expect(etcd.tried).toEqual([{ source: 'configuration', reason: 'no path is configured' }]);
  });

  it('programs on PATH that are too old or do not run are passed over for the cache', async () => {
    executable(join(root, 'bin', 'etcd'), program('etcd', '3.4.27'));
    executable(join(root, 'bin', 'kube-apiserver'), '#!/bin/sh\nexit 1\n');
    const path = inCache('etcd');
    inCache('kube-apiserver');
    const found = await findBinaries(deps());
    expect(found.etcd).toMatchObject({ path, source: 'cache' });
    expect(found.etcd.tried[1]?.reason).toContain('is 3.4.27, and at least 3.5 is needed');
    expect(found['kube-apiserver'].tried[1]?.reason).toContain('does not run');
    expect(requests).toEqual([]);
  });

  it('a damaged cache entry is replaced by the release', async () => {
    release();
    inCache('kube-apiserver');
    const path = inCache('etcd');
    writeFileSync(path, 'half a file');
    const { etcd } = await findBinaries(deps());
    expect(etcd.source).toBe('release');
    expect(etcd.tried.at(-1)).toEqual({ source: 'cache', reason: `${path} is damaged: its checksum is another one` });
    expect(readFileSync(path, 'utf8')).toBe(program('etcd', PROGRAMS.etcd.version));
  });

  it('the release is verified, unpacked and kept, so that a second call needs no network', async () => {
    release();
    const first = await findBinaries(deps());
    expect([first.etcd.source, first['kube-apiserver'].source]).toEqual(['release', 'release']);
    requests = [];
    const second = await findBinaries(deps());
    expect([second.etcd.source, second['kube-apiserver'].source]).toEqual(['cache', 'cache']);
    expect(requests).toEqual([]);
  });

  it('what is present is found without any download or build', async () => {
    release();
    fakeGo('1.26.0');
    expect(await findPresentBinaries(deps())).toBeNull();
    expect(requests).toEqual([]);
    inCache('etcd');
    inCache('kube-apiserver');
    expect((await findPresentBinaries(deps()))?.etcd.source).toBe('cache');
  });
});

describe('a release that cannot be trusted or reached', () => {
  it('a wrong checksum leads to the build', async () => {
    release();
    for (const name of files.keys()) if (name.endsWith('.sha256')) files.set(name, Buffer.from('a'.repeat(64)));
    fakeGo('1.26.0');
    const found = await findBinaries(deps());
    expect(found['kube-apiserver'].source).toBe('build');
    expect(found['kube-apiserver'].tried.at(-1)?.reason).toContain('checksum');
    expect(found.etcd.source).toBe('release');
  });

  it('a truncated download leads to the build', async () => {
    release({ apiserver: program('kube-apiserver', PROGRAMS['kube-apiserver'].version) + '#'.repeat(200_000) });
    truncateAt = 100_000;
    fakeGo('1.26.0');
    const found = await findBinaries(deps());
    expect(found['kube-apiserver'].source).toBe('build');
    expect(found['kube-apiserver'].tried.at(-1)?.source).toBe('release');
  });

  it('another version than the address promises leads to the build', async () => {
    release({ etcd: program('etcd', '3.6.0') });
    fakeGo('1.26.0');
    const { etcd } = await findBinaries(deps());
    expect(etcd.source).toBe('build');
    expect(etcd.tried.at(-1)?.reason).toBe(`it is version 3.6.0 instead of ${PROGRAMS.etcd.version}`);
  });

  it('no network and no Go: one sentence names the three ways, the hint says why', async () => {
    const settings = { download: { kubernetesUrl: 'http://127.0.0.1:1', etcdUrl: 'http://127.0.0.1:1' } };
    const error = await refusal({ settings });
    expect(error.code).toBe('BINARIES_UNAVAILABLE');
    expect(error.message).toBe(
      'No usable kube-apiserver and etcd was found: install kube-apiserver 1.29 and etcd 3.5 or newer on PATH, or allow the download ' +
        'of the official release, or install Go 1.26 or newer so that it can be built.',
    );
    expect(error.hint).toContain('cannot be reached');
    expect(error.hint).toContain('there is no go command on PATH');
  });

  it('a release that does not exist is said with its status', async () => {
    expect((await refusal()).hint).toContain('answers 404');
  });

  it('switched off means no request', async () => {
    release();
    const error = await refusal({ settings: { download: { enabled: false } } });
    expect(error.hint).toContain('downloads are switched off');
    expect(requests).toEqual([]);
  });
});

describe('a build', () => {
  const offline = { download: { enabled: false } };

  it('says time, disk and memory once before it starts, and ends in the cache', async () => {
    fakeGo('1.27.1');
    const found = await findBinaries(deps({ settings: offline }));
    expect(found['kube-apiserver'].source).toBe('build');
    expect(found['kube-apiserver'].path).toBe(cachedPath(PROGRAMS['kube-apiserver'], deps()));
    const announced = lines.filter((line) => line.includes('from source, once'));
    expect(announced).toHaveLength(2);
    expect(announced[1]).toMatch(/about 5 to 25 minutes, 6\.0 GiB of disk under .* and 3\.0 GiB of memory/);
  });

  it('keeps everything that go writes below our cache', async () => {
    fakeGo('1.26.0');
    await findBinaries(deps({ settings: offline }));
    expect(readFileSync(join(root, 'go-calls'), 'utf8')).toContain(
      join(root, 'cache', 'rootward', 'controlplane', 'go', 'build'),
    );
  });

  it('is refused with the version when Go is too old', async () => {
    fakeGo('1.25.9');
    expect((await refusal({ settings: offline })).hint).toContain('is Go 1.25.9, and at least 1.26 is needed');
  });

  it('is refused with both figures when memory is short', async () => {
    fakeGo('1.26.0');
    inCache('etcd');
    const error = await refusal({ settings: offline, freeMemoryBytes: () => 1.5 * GIB });
    expect(error.hint).toContain('a build needs 3.0 GiB of memory, and 1.5 GiB is free');
    expect(lines).toEqual([]);
  });

  it('is refused with both figures when the disk is short', async () => {
    fakeGo('1.26.0');
    inCache('etcd');
    const error = await refusal({ settings: offline, freeDiskBytes: () => 2 * GIB });
    expect(error.hint).toMatch(/a build needs 6\.0 GiB of disk under .*, and 2\.0 GiB is free/);
  });

  it('is done once when two callers want it at the same time', async () => {
    fakeGo('1.26.0');
    const [one, two] = await Promise.all([findBinaries(deps({ settings: offline })), findBinaries(deps({ settings: offline }))]);
    expect([one.etcd.source, two.etcd.source].sort()).toEqual(['build', 'cache']);
    expect(readFileSync(join(root, 'go-calls'), 'utf8').trim().split('\n')).toHaveLength(2);
    expect(lines.some((line) => line.includes('waiting for it'))).toBe(true);
  });

  it('a lock whose owner is dead is taken over', async () => {
    fakeGo('1.26.0');
    const cache = join(root, 'cache', 'rootward', 'controlplane');
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, 'lock'), JSON.stringify({ pid: process.pid, startTime: '1', bootId: 'x', executable: '/bin/x' }));
    expect((await findBinaries(deps({ settings: offline }))).etcd.source).toBe('build');
  });
});

describe('one place for versions', () => {
  it.each([
    ['kube-apiserver', 'k8s.io/kubernetes'],
    ['etcd', 'go.etcd.io/etcd/server/v3'],
  ] as const)('the Go module of %s requires the version of the table', (name, module) => {
    const text = readFileSync(join(import.meta.dirname, '../../../tools/controlplane', name, 'go.mod'), 'utf8');
    expect(text).toContain(`require ${module} v${PROGRAMS[name].version}\n`);
  });
});
