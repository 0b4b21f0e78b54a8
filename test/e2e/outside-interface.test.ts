/** What checks from outside rely on, and nothing else: `up --json`, `demo --json`, the `ks cluster` commands, and where a cluster's files are. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEMO_STEPS } from '../../src/cli/demo/steps.ts';
import type { Cluster } from '../../src/contract/clusters/cluster.ts';
import { findPresentBinaries, machineDeps } from '../../src/controlplane/binaries/find-binaries.ts';
import { readClusterFile } from '../../src/controlplane/cluster-file.ts';
import type { PkiBundle } from '../../src/controlplane/pki/bundle.ts';
import { identify } from '../../src/controlplane/processes/process-identity.ts';
import { readRecords } from '../../src/controlplane/processes/process-record.ts';
import { openPki } from '../../src/server/clusters/masters/cluster-secrets.ts';
import { loadConfig } from '../../src/server/config.ts';
import { openDataDir } from '../../src/server/operate/data-dir.ts';
import { unseal } from '../../src/server/operate/unseal.ts';
import { findClusterById } from '../../src/store/clusters/clusters.ts';
import { readSqliteStore } from '../../src/store/store.ts';
import { PROGRAM, runCli } from '../process/run-cli.ts';
import { type ReadyProcess, spawnReady } from '../process/spawn-ready.ts';
import { kubeCaller } from './kube-caller.ts';
import { rawValues } from './raw-etcd.ts';

const FREE = ['--listen', '127.0.0.1:0', '--management-listen', '127.0.0.1:0'];
const NAME = 'outside';
const wanted = (await findPresentBinaries(machineDeps({}, () => {}))) !== null || process.env.CI === 'true';

interface Said {
  readonly url: string;
  readonly data_dir: string;
  readonly api_key: string;
}

describe.skipIf(!wanted)(
  'the interface for checks from outside (needs kube-apiserver and etcd: rootward controlplane fetch)',
  () => {
    let root: string;
    let server: ReadyProcess<Said>;
    let cluster: Cluster;
    let directory: string;
    let log = '';
    const rw = (...words: string[]) => {
      const { url, api_key } = server.said;
      return runCli(words, { ROOTWARD_URL: url, ROOTWARD_API_KEY: api_key }, root);
    };

    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), 'rw-outside-'));
      // The wait between disabling and enabling a key is shown to people, not to tests.
      const env = { ROOTWARD_LIFECYCLE_ENABLE_AFTER_DISABLE_SECONDS: '1' };
      const words = ['up', '--json', '--dev', ...FREE, '--data-dir', join(root, 'data')];
      server = await spawnReady<Said>(PROGRAM, words, { env, patienceMs: 60_000 });
      server.child.stderr?.on('data', (chunk) => {
        log += String(chunk);
      });
    });
    afterAll(async () => {
      expect(await server.end('SIGTERM')).toBe(0);
      rmSync(root, { recursive: true, force: true });
    });

    test('ks cluster create classic --name N --wait --output json gives a cluster that serves', async () => {
      const { status, out, err } = await rw('ks', 'cluster', 'create', 'classic', '--name', NAME, '--wait', '--output', 'json');
      expect(status, err).toBe(0);
      cluster = JSON.parse(out) as Cluster;
      expect(cluster).toMatchObject({ name: NAME, state: 'normal', provider: 'classic', masterStatus: 'Ready' });
      directory = join(server.said.data_dir, 'clusters', cluster.id);
    });

    test('ks cluster config -c N --admin --output yaml prints a kubeconfig that works', async () => {
      const { status, out } = await rw('ks', 'cluster', 'config', '-c', NAME, '--admin', '--output', 'yaml');
      expect(status).toBe(0);
      const kube = kubeCaller(out);
      expect(kube.server).toBe(cluster.masterURL);
      expect(await kube.send('GET', '/api/v1/namespaces/kube-system')).toMatchObject({ status: 200 });
    });

    test('ks cluster get -c N --output json gives the same cluster', async () => {
      const { status, out } = await rw('ks', 'cluster', 'get', '-c', NAME, '--output', 'json');
      expect(status).toBe(0);
      const { id, state, keyManagementService } = JSON.parse(out) as Cluster;
      expect({ id, state, keyManagementService }).toMatchObject({
        id: cluster.id,
        state: 'normal',
        keyManagementService: { enabled: false },
      });
    });

    test('DATA/clusters/<id> has cluster.json, one etcd client pair under pki/ that opens etcd, and its data under etcd*/', async () => {
      const file = JSON.parse(readFileSync(join(directory, 'cluster.json'), 'utf8')) as Record<string, unknown>;
      expect(file).toMatchObject({
        apiservers: [cluster.masterURL],
        etcd: [expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/)],
      });
      const pki = readdirSync(join(directory, 'pki')).sort();
      expect(pki).toEqual(['ca.crt', 'etcd-ca.crt', 'etcd-client.crt', 'etcd-client.key']);
      expect([...(await rawValues(directory, '/registry/namespaces/')).keys()]).toContain('/registry/namespaces/default');
      const members = readdirSync(directory).filter(
        (name) => name.startsWith('etcd') && existsSync(join(directory, name, 'member')),
      );
      expect(members).toEqual(['etcd']);
    });

    test('no private key of an authority, of service accounts, of the administrator or of a server is in any file of the data directory', async () => {
      const { privateKeys, bundle } = await keysOf(server.said.data_dir, cluster.id);
      const found = findInFiles(server.said.data_dir, privateKeys);
      expect(privateKeys.size).toBe(9);
      expect(found.filter(({ key }) => key !== 'etcdClient')).toEqual([]);
      // The search is able to find: the one key that has to be there is there.
      expect(found).toContainEqual({ key: 'etcdClient', file: join('clusters', cluster.id, 'pki', 'etcd-client.key') });
      const certificate = new X509Certificate(readFileSync(join(directory, 'pki', 'etcd-client.crt')));
      expect(certificate.verify(new X509Certificate(bundle.etcdAuthority.certificate).publicKey)).toBe(true);
    });

    test('demo --json walks from nothing to a rotated and replaced root key: one object per step, all ok, status 0', async () => {
      const { status, out, err } = await rw('demo', '--json');
      expect(status, `${out}\n${err}`).toBe(0);
      const steps = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(steps.map(({ step, ok }) => ({ step, ok }))).toEqual(DEMO_STEPS.map(({ name }) => ({ step: name, ok: true })));
      for (const step of steps) expect(Object.keys(step)).toEqual(['step', 'ok', 'detail']);
      expect(out).toContain('k8s:enc:kms:v2:');
      // What was restarted for the sake of the proof is no crash.
      expect(log).toContain('restarted on request');
      expect(log).not.toMatch(/crashed|killed/);
    });

    test('ks cluster rm -c N --force leaves no process, no file and no key of the cluster', async () => {
      const pids = readRecords(directory).flatMap(({ process: of }) => (of === null ? [] : [of.pid]));
      expect(pids.length).toBeGreaterThanOrEqual(3);
      const runtime = readClusterFile(directory)?.runtime ?? '';
      expect(existsSync(runtime)).toBe(true);
      expect((await rw('ks', 'cluster', 'rm', '-c', NAME, '--force')).status).toBe(0);
      await expect.poll(() => existsSync(directory), { timeout: 30_000 }).toBe(false);
      expect(pids.filter((pid) => identify(pid) !== null)).toEqual([]);
      expect(existsSync(runtime)).toBe(false);
      expect((await rw('ks', 'cluster', 'get', '-c', NAME, '--output', 'json')).status).toBe(3);
    });
  },
);

/** The cluster's own keys, opened beside the running server as only the holder of its seal can. */
async function keysOf(dataDir: string, clusterId: string): Promise<{ bundle: PkiBundle; privateKeys: Map<string, string> }> {
  const places = openDataDir(dataDir, false);
  const store = readSqliteStore(places.database);
  try {
    const barrier = await unseal(store, loadConfig({ env: {}, flags: { dataDir, dev: true } }), places);
    const row = await findClusterById(store.db, clusterId);
    if (!row?.sealed_pki) throw new Error('the cluster has no keys');
    const bundle = openPki(barrier, row, row.sealed_pki) as PkiBundle;
    barrier.destroy();
    const { version: _version, ...keys } = bundle;
    return { bundle, privateKeys: new Map(Object.entries(keys).map(([name, { privateKey }]) => [name, privateKey])) };
  } finally {
    await store.close();
  }
}

/** Which private keys are found in which files: the middle line of the PEM text, or the secret number itself, raw, in base64 or in hex. */
function findInFiles(directory: string, privateKeys: ReadonlyMap<string, string>): { key: string; file: string }[] {
  const needles = [...privateKeys].flatMap(([key, pem]) => {
    const [, , line = ''] = pem.split('\n');
    const secret = Buffer.from(createPrivateKey(pem).export({ format: 'jwk' }).d ?? '', 'base64url');
    const forms = [line, secret.toString('base64').slice(0, -2), secret.toString('base64url'), secret.toString('hex')];
    return [secret, ...forms.map((text) => Buffer.from(text))].map((bytes) => ({ key, bytes }));
  });
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const bytes = readFileSync(path);
      const file = path.slice(directory.length + 1);
      const keys = new Set(needles.filter((needle) => bytes.includes(needle.bytes)).map(({ key }) => key));
      return [...keys].map((key) => ({ key, file }));
    });
}
