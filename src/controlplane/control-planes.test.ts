import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { RootwardError } from '../contract/errors.ts';
import { readClusterFile } from './cluster-file.ts';
import type { ControlPlaneLogEntry } from './control-plane-status.ts';
import { type ControlPlanes, createControlPlanes } from './control-planes.ts';
import type { DesiredControlPlane } from './desired-control-plane.ts';
import type { PkiBundle } from './pki/bundle.ts';
import { createPki } from './pki/create-pki.ts';
import type { ControlPlaneBinaries } from './process-specs.ts';

let pki: PkiBundle;
let root: string;
let log: ControlPlaneLogEntry[];
let planes: ControlPlanes;
let desired: DesiredControlPlane;

beforeAll(async () => {
  pki = await createPki(new Date());
});

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rootward-planes-'));
  log = [];
  desired = {
    clusterId: 'c1',
    clusterName: 'one',
    directory: join(root, 'c1'),
    pki,
    state: 'running',
    plugin: null,
    agent: null,
  };
});

afterEach(async () => {
  await planes.stopAll();
  rmSync(root, { recursive: true, force: true });
});

function start(binaries: () => Promise<ControlPlaneBinaries>): void {
  planes = createControlPlanes({ binaries, log: (entry) => log.push(entry), runtimeCandidates: [] });
}

it('knows nothing of a cluster that nobody asked for', () => {
  start(async () => ({ etcd: '/bin/false', 'kube-apiserver': '/bin/false' }));
  expect(planes.status('other')).toMatchObject({ state: 'unknown', desired: null });
});

it('gives addresses and places at once, and lets itself be suspended and removed, while the programs are still being built', async () => {
  start(() => new Promise(() => undefined));
  await planes.apply(desired);
  const file = readClusterFile(desired.directory);
  expect(file?.apiservers).toHaveLength(1);
  expect(planes.status('c1').state).toBe('starting');
  await planes.apply({ ...desired, state: 'suspended' });
  expect(planes.status('c1').state).toBe('suspended');
  await planes.apply({ ...desired, state: 'removed' });
  expect(planes.status('c1').state).toBe('removed');
  expect(existsSync(desired.directory)).toBe(false);
});

it('without programs, waiting ends at once with the reason, and the next wish looks for them again', async () => {
  const binaries = vi.fn(async (): Promise<ControlPlaneBinaries> => {
    throw new RootwardError('BINARIES_UNAVAILABLE', { message: 'install something' });
  });
  start(binaries);
  await planes.apply(desired);
  await expect(planes.waitReady('c1', 60_000)).rejects.toMatchObject({ code: 'BINARIES_UNAVAILABLE' });
  expect(planes.status('c1').problem).toBe('install something');
  await planes.apply(desired);
  expect(binaries).toHaveBeenCalledTimes(2);
});

it('says that keys are on the disk where there is no tmpfs, and keeps them to this user', async () => {
  start(() => new Promise(() => undefined));
  await planes.apply(desired);
  const runtime = readClusterFile(desired.directory)?.runtime ?? '';
  expect(runtime).toBe(join(desired.directory, 'runtime'));
  expect(statSync(runtime).mode & 0o777).toBe(0o700);
  expect(log.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
    expect.stringContaining('No tmpfs'),
  ]);
});

it('says that a socket path does not fit', async () => {
  const deep = join(root, 'x'.repeat(90), 'c1');
  start(async () => ({ etcd: '/bin/false', 'kube-apiserver': '/bin/false' }));
  await planes.apply({ ...desired, directory: deep, plugin: { command: '/bin/true', args: [], env: {} } });
  await vi.waitFor(() => expect(planes.status('c1').problem).toContain('too long for a unix socket'), 15_000);
});

it('says which process does not stay up, and tries again more and more slowly', async () => {
  start(async () => ({ etcd: '/bin/false', 'kube-apiserver': '/bin/false' }));
  await planes.apply(desired);
  const crashes = (): number =>
    log.filter(({ process, message }) => process === 'etcd-0' && message.startsWith('crashed')).length;
  await vi.waitFor(() => expect(crashes()).toBeGreaterThanOrEqual(2), 5000);
  await expect(planes.waitReady('c1', 100)).rejects.toMatchObject({
    code: 'CONTROL_PLANE_UNAVAILABLE',
    message: expect.stringContaining('etcd-0 ended (exit status 1)'),
  });
});

it('takes no wish after it was stopped', async () => {
  start(() => new Promise(() => undefined));
  await planes.apply(desired);
  await planes.stopAll();
  await expect(planes.apply(desired)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
});
