import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureClusterFile, replaceTakenPorts } from './addresses.ts';
import { clusterFilePath, portOf, readClusterFile } from './cluster-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rootward-addresses-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('addresses are chosen once and kept', async () => {
  const first = await ensureClusterFile(directory, 1, ['/dev/shm']);
  expect(first.file.apiservers).toHaveLength(1);
  expect(first.file.etcd[0]).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const again = await ensureClusterFile(directory, 1, []);
  expect(again).toEqual({ file: first.file, chosen: null });
  expect(JSON.parse(readFileSync(clusterFilePath(directory), 'utf8'))).toEqual(first.file);
});

it('more apiservers get addresses beside those that exist', async () => {
  const one = await ensureClusterFile(directory, 1, ['/dev/shm']);
  const { file } = await ensureClusterFile(directory, 3, ['/dev/shm']);
  expect(file).toMatchObject({ etcd: one.file.etcd, runtime: one.file.runtime });
  expect(file.apiservers[0]).toBe(one.file.apiservers[0]);
  expect(new Set([...file.apiservers, ...file.etcd, ...file.etcdPeers]).size).toBe(5);
});

it('a port that somebody else took is replaced in the file, and only that one', async () => {
  const { file } = await ensureClusterFile(directory, 1, ['/dev/shm']);
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(portOf(file.etcd[0] ?? ''), '127.0.0.1', resolve));
  try {
    expect((await replaceTakenPorts(directory, 'apiservers', 0))?.replaced).toBe(false);
    expect((await replaceTakenPorts(directory, 'etcd', 0))?.replaced).toBe(true);
  } finally {
    await new Promise((resolve) => taken.close(resolve));
  }
  const now = readClusterFile(directory);
  expect(now?.apiservers).toEqual(file.apiservers);
  expect(now?.etcdPeers).toEqual(file.etcdPeers);
  expect(now?.etcd).not.toEqual(file.etcd);
});
