import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  pluginSocketPath,
  readApiservers,
  readEtcds,
  restartApiserver,
  restartEtcd,
} from '../../src/controlplane/apiserver-record.ts';
import { findBinaries, findPresentBinaries, machineDeps } from '../../src/controlplane/binaries/find-binaries.ts';
import { readClusterFile } from '../../src/controlplane/cluster-file.ts';
import { type ControlPlanes, createControlPlanes } from '../../src/controlplane/control-planes.ts';
import type { DesiredControlPlane } from '../../src/controlplane/desired-control-plane.ts';
import { encryptionConfigSha256 } from '../../src/controlplane/encryption-config.ts';
import { adminKubeconfig } from '../../src/controlplane/kubeconfig.ts';
import { createPki } from '../../src/controlplane/pki/create-pki.ts';
import type { ControlPlaneBinaries } from '../../src/controlplane/process-specs.ts';
import { identify } from '../../src/controlplane/processes/process-identity.ts';
import { readRecords } from '../../src/controlplane/processes/process-record.ts';

const deps = machineDeps({}, (line) => process.stderr.write(`${line}\n`));
const present = await findPresentBinaries(deps);
const wanted = present !== null || process.env.CI === 'true';
const READY_MS = 60_000;

describe.skipIf(!wanted)(
  'a hosted control plane (needs kube-apiserver and etcd: rootward controlplane fetch)',
  () => {
    let root: string;
    let binaries: ControlPlaneBinaries;
    let desired: DesiredControlPlane;
    let planes: ControlPlanes;
    let runtime: string;
    const servers: ChildProcess[] = [];

    beforeAll(async () => {
      const found = present ?? (await findBinaries(deps));
      binaries = { etcd: found.etcd.path, 'kube-apiserver': found['kube-apiserver'].path };
      root = mkdtempSync(join(tmpdir(), 'rootward-control-plane-'));
      desired = {
        clusterId: 'c1',
        clusterName: 'one',
        directory: join(root, 'clusters', 'c1'),
        pki: await createPki(new Date()),
        state: 'running',
        plugin: null,
        agent: null,
      };
      planes = supervisor();
    }, 30 * 60_000);

    afterAll(async () => {
      for (const server of servers) server.kill('SIGKILL');
      // Whatever a failed test left behind, a supervisor of its own finds it by its records.
      planes.detach();
      await supervisor().apply({ ...desired, state: 'removed' });
      rmSync(root, { recursive: true, force: true });
    }, 60_000);

    function supervisor(): ControlPlanes {
      return createControlPlanes({ binaries: async () => binaries, log: () => undefined });
    }

    function client(): CoreV1Api {
      const config = new KubeConfig();
      const [url] = readClusterFile(desired.directory)?.apiservers ?? [];
      config.loadFromString(adminKubeconfig({ clusterName: 'one', url: url ?? '', pki: desired.pki }));
      return config.makeApiClient(CoreV1Api);
    }

    /** The recorded processes that run. */
    function livePids(): number[] {
      return readRecords(desired.directory).flatMap(({ process: recorded }) => {
        return recorded !== null && identify(recorded.pid)?.startTime === recorded.startTime ? [recorded.pid] : [];
      });
    }

    it('becomes ready, and its administrator reads a namespace and keeps a Secret', async () => {
      const started = performance.now();
      await planes.apply(desired);
      await planes.waitReady('c1', READY_MS);
      process.stderr.write(`    ready after ${Math.round(performance.now() - started)} ms\n`);
      runtime = readClusterFile(desired.directory)?.runtime ?? '';
      expect((await client().readNamespace({ name: 'kube-system' })).metadata?.name).toBe('kube-system');
      await client().createNamespacedSecret({
        namespace: 'default',
        body: { metadata: { name: 'first' }, stringData: { word: 'before everything' } },
      });
    });

    it('answers nobody without a certificate', async () => {
      const config = new KubeConfig();
      config.loadFromString(
        adminKubeconfig({ clusterName: 'one', url: readApiservers(desired.directory)[0]?.url ?? '', pki: desired.pki }),
      );
      config.users = [{ name: 'one-admin' }];
      await expect(config.makeApiClient(CoreV1Api).listNamespace()).rejects.toMatchObject({ code: 401 });
    });

    it('records which EncryptionConfiguration the apiserver was started with, and a restart takes the new one', async () => {
      const [before] = readApiservers(desired.directory);
      if (before === undefined) throw new Error('no apiserver is recorded');
      expect(before.encryptionConfigSha256).toBe(encryptionConfigSha256(before.encryptionConfigPath));
      writeFileSync(before.encryptionConfigPath, `${readFileSync(before.encryptionConfigPath, 'utf8')}# changed\n`);
      const after = await restartApiserver(desired.directory, 0, 20_000);
      expect(after.pid).not.toBe(before.pid);
      expect(after.encryptionConfigSha256).not.toBe(before.encryptionConfigSha256);
      expect(after.encryptionConfigSha256).toBe(encryptionConfigSha256(before.encryptionConfigPath));
      await planes.waitReady('c1', READY_MS);
    });

    it('comes back after a SIGKILL of the apiserver and after a restart of etcd, with its data', async () => {
      const [apiserver] = readApiservers(desired.directory);
      process.kill(apiserver?.pid ?? 0, 'SIGKILL');
      await vi.waitFor(
        () => expect(readApiservers(desired.directory).every(({ pid }) => pid !== apiserver?.pid)).toBe(true),
        5000,
      );
      const [etcd] = readEtcds(desired.directory);
      expect((await restartEtcd(desired.directory, 0, 20_000)).pid).not.toBe(etcd?.pid);
      await planes.waitReady('c1', READY_MS);
      await vi.waitFor(async () => {
        const secret = await client().readNamespacedSecret({ namespace: 'default', name: 'first' });
        expect(Buffer.from(secret.data?.word ?? '', 'base64').toString()).toBe('before everything');
      }, 20_000);
    });

    it('a suspended one has etcd and no apiserver, cannot be waited for, and comes back with the same data', async () => {
      await planes.apply({ ...desired, state: 'suspended' });
      expect(readApiservers(desired.directory)).toEqual([]);
      expect(readEtcds(desired.directory)).toHaveLength(1);
      expect(planes.status('c1').state).toBe('suspended');
      await expect(planes.waitReady('c1', 1000)).rejects.toMatchObject({ code: 'CLUSTER_SUSPENDED' });
      await expect(client().listNamespace()).rejects.toThrow();
      await planes.apply(desired);
      await planes.waitReady('c1', READY_MS);
      expect((await client().readNamespacedSecret({ namespace: 'default', name: 'first' })).data?.word).toBeDefined();
    });

    it('survives the SIGKILL of its server and is adopted by the next one, which starts nothing twice', async () => {
      planes.detach();
      const file = join(root, 'wish.json');
      writeFileSync(file, JSON.stringify({ desired, binaries }), { mode: 0o600 });
      const before = livePids();
      expect(before).toHaveLength(2);
      const server = await startServer(file);
      expect(livePids()).toEqual(before);
      const [apiserver] = readApiservers(desired.directory);
      process.kill(apiserver?.pid ?? 0, 'SIGKILL');
      await vi.waitFor(() => {
        expect(readApiservers(desired.directory).map(({ pid }) => pid)).not.toEqual([apiserver?.pid]);
        expect(readApiservers(desired.directory)).toHaveLength(1);
      }, 20_000);
      const started = livePids();
      expect(started).not.toEqual(before);
      server.kill('SIGKILL');
      await new Promise((resolve) => server.once('exit', resolve));
      await startServer(file).then((next) => next.kill('SIGKILL'));
      expect(livePids()).toEqual(started);
      planes = supervisor();
      await planes.apply(desired);
      await planes.waitReady('c1', READY_MS);
      expect(livePids()).toEqual(started);
    }, 120_000);

    it('a plugin and an agent run beside it with their places filled in, and a changed wish replaces only them', async () => {
      const beside = (word: string) => ({
        command: '/bin/sh',
        args: ['-c', `echo ${word} {socket} {index} $PLACE; exec sleep 600`],
      });
      const plugin = { ...beside('plugin'), env: { PLACE: 'at {socket}' } };
      const before = livePids();
      await planes.apply({ ...desired, plugin, agent: { ...beside('agent'), env: {} } });
      const socket = pluginSocketPath(desired.directory);
      expect(readApiservers(desired.directory)[0]?.socketPath).toBe(socket);
      expect(statSync(dirname(socket)).mode & 0o777).toBe(0o750);
      const log = join(desired.directory, 'kms-plugin-0.log');
      await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toBe(`plugin ${socket} 0 at ${socket}\n`));
      expect(livePids()).toEqual(expect.arrayContaining(before));
      const records = readRecords(desired.directory);
      await planes.apply({ ...desired, plugin, agent: { ...beside('other'), env: {} } });
      const changed = readRecords(desired.directory).filter(
        (record) => !records.some((old) => old.process?.pid === record.process?.pid),
      );
      expect(changed.map(({ name }) => name)).toEqual(['cluster-agent-0']);
      await planes.apply({ ...desired, plugin, agent: null });
      expect(readRecords(desired.directory).some(({ role }) => role === 'cluster-agent')).toBe(false);
    });

    it('a clean stop leaves no process and no key on tmpfs; a later server starts it again, on other ports where they were taken', async () => {
      const pids = livePids();
      const old = readClusterFile(desired.directory);
      await planes.stopAll();
      expect(pids.map(identify)).toEqual([null, null, null]);
      expect(existsSync(runtime)).toBe(false);
      const takers = await Promise.all([...(old?.apiservers ?? []), ...(old?.etcd ?? [])].map(take));
      planes = supervisor();
      await planes.apply(desired);
      await planes.waitReady('c1', READY_MS);
      for (const taker of takers) taker.close();
      const now = readClusterFile(desired.directory);
      expect(now?.apiservers).not.toEqual(old?.apiservers);
      expect(now?.etcd).not.toEqual(old?.etcd);
      expect((await client().readNamespacedSecret({ namespace: 'default', name: 'first' })).data?.word).toBeDefined();
    });

    it('a removed one leaves nothing behind', async () => {
      const pids = livePids();
      await planes.apply({ ...desired, state: 'removed' });
      expect(planes.status('c1').state).toBe('removed');
      expect(pids.map(identify)).toEqual([null, null]);
      expect([existsSync(desired.directory), existsSync(runtime)]).toEqual([false, false]);
      await planes.apply({ ...desired, state: 'removed' });
    });

    /** Listens where a part of the cluster used to. */
    async function take(url: string): Promise<Server> {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), '127.0.0.1', resolve));
      return server;
    }

    function startServer(file: string): Promise<ChildProcess> {
      const server = spawn(process.execPath, [join(import.meta.dirname, 'control-plane-server.ts'), file], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      servers.push(server);
      return new Promise((resolve, reject) => {
        server.stdout?.once('data', () => resolve(server));
        server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
      });
    }
  },
  90_000,
);
