/** Data directories that earlier versions have left (test/vectors/datadir): today's server and plugin open every one of them. */
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Node, startNode } from '../../src/kms-plugin/testkit/plugin.ts';
import { ready } from '../../src/kms-plugin/testkit/scene.ts';
import { openCredentials } from '../../src/server/clusters/masters/cluster-secrets.ts';
import { loadConfig } from '../../src/server/config.ts';
import { openDataDir } from '../../src/server/operate/data-dir.ts';
import { unseal } from '../../src/server/operate/unseal.ts';
import { verifyAudit } from '../../src/server/operate/verify-audit.ts';
import { findClusterById } from '../../src/store/clusters/clusters.ts';
import { readMeta } from '../../src/store/meta.ts';
import { readSqliteStore } from '../../src/store/store.ts';
import type { FrozenDataDir, FrozenWrap } from '../../tools/vectors/frozen-datadir.ts';
import { type Api, logIn } from '../process/api.ts';
import { PROGRAM } from '../process/run-cli.ts';
import { type ReadyProcess, spawnReady } from '../process/spawn-ready.ts';
import { rootKeys } from './root-keys.ts';

const VECTORS = join(import.meta.dirname, '../vectors/datadir');

describe.each(readdirSync(VECTORS))('data directory %s', (name) => {
  const expected = JSON.parse(readFileSync(join(VECTORS, name, 'expected.json'), 'utf8')) as FrozenDataDir;
  const instance = { 'bluemix-instance': expected.instanceId };
  let root: string;
  let dataDir: string;
  let server: ReadyProcess<{ readonly url: string; readonly account_id: string; readonly api_key: string }>;
  let owner: Api;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'rw-vector-'));
    dataDir = join(root, 'data');
    cpSync(join(VECTORS, name, 'data'), dataDir, { recursive: true });
    // Version control keeps no modes.
    for (const secret of ['dev-seal.key', 'dev-api-key'])
      chmodSync(join(dataDir, secret), secret === 'dev-seal.key' ? 0o400 : 0o600);
  });
  afterAll(async () => {
    if (server?.child.exitCode === null) await server.end('SIGTERM');
    rmSync(root, { recursive: true, force: true });
  });

  const audit = () => verifyAudit(loadConfig({ env: {}, flags: { dataDir } }));
  const unwrap = ({ ciphertext }: FrozenWrap, aad: readonly string[]) => {
    const body = { ciphertext, ...(aad.length > 0 && { aad }) };
    return owner.send('POST', `/api/v2/keys/${expected.rotatedKeyId}/actions/unwrap`, body, instance);
  };

  test('its audit log verifies', async () => {
    const report = await audit();
    expect(report).toMatchObject({ ok: true });
    expect(report.chains.reduce((sum, { records }) => sum + records, 0)).toBeGreaterThan(20);
  });

  test('a server starts on it, and its API key logs in', async () => {
    // Without programs no control plane is started: the etcd of the cluster is not part of the vector.
    const env = {
      PATH: '',
      XDG_CACHE_HOME: join(root, 'cache'),
      ROOTWARD_CLUSTERS_DOWNLOAD: 'false',
      ROOTWARD_CLUSTERS_BUILD: 'false',
    };
    const words = ['up', '--dev', '--json', '--listen', '127.0.0.1:0', '--data-dir', dataDir];
    server = await spawnReady(PROGRAM, words, { env, patienceMs: 60_000 });
    expect(server.said.account_id).toBe(expected.accountId);
    expect(server.said.api_key).toBe(readFileSync(join(VECTORS, name, 'data', 'dev-api-key'), 'utf8').trim());
    owner = await logIn(server.said.url, server.said.api_key);
  });

  test.each(expected.wraps)('unwraps $plaintext of key version $keyVersionId, and only with its context', async (wrapped) => {
    expect(await unwrap(wrapped, wrapped.aad)).toMatchObject({ status: 200, body: { plaintext: wrapped.plaintext } });
    expect((await unwrap(wrapped, [...wrapped.aad, 'other'])).status).toBe(422);
  });

  test('has every key in the state that it was left in, and every version of it', async () => {
    const keys = rootKeys(owner, expected.instanceId);
    for (const [id, state] of Object.entries(expected.states)) expect([id, await keys.state(id)]).toEqual([id, state]);
    const versions = await owner.send('GET', `/api/v2/keys/${expected.rotatedKeyId}/versions`, undefined, instance);
    expect(versions.body.resources).toHaveLength(expected.versions);
    expect(new Set(expected.wraps.map(({ keyVersionId }) => keyVersionId)).size).toBe(expected.versions);
  });

  test('the KMS plugin goes on with its state: it opens every blob of every activation, and seals under the active one', async () => {
    await using plugin = await pluginOf(dataDir, expected.clusterId, server.said.url);
    const { node } = plugin;
    for (const { keyId, ciphertext, plaintext } of expected.blobs) {
      const opened = await node.open({ keyId, ciphertext: Buffer.from(ciphertext, 'base64') });
      expect(opened.toString('base64')).toBe(plaintext);
    }
    expect(new Set(expected.blobs.map(({ keyId }) => keyId)).size).toBe(2);
    expect((await node.seal(Buffer.from('new'))).keyId).toBe(expected.activeKeyId);
    // It was the state of this node that was read: the local KEK in it is the one that sealed the last blob.
    const sealed = await node.seal(Buffer.from('again'));
    const last = Buffer.from(expected.blobs.at(-1)?.ciphertext ?? '', 'base64');
    expect(sealed.ciphertext.subarray(0, 100)).toEqual(last.subarray(0, 100));
  });

  test('what is done on it is appended to a log that still verifies, and no process was started for its cluster', async () => {
    expect(await server.end('SIGTERM')).toBe(0);
    expect(await audit()).toMatchObject({ ok: true });
    expect(existsSync(join(dataDir, 'clusters', expected.clusterId, 'processes.json'))).toBe(false);
  });
});

/** The plugin of a cluster, on the state that the data directory has kept, with the API key that only its seal opens. */
async function pluginOf(dataDir: string, clusterId: string, url: string): Promise<{ node: Node } & AsyncDisposable> {
  const places = openDataDir(dataDir, false);
  const store = readSqliteStore(places.database);
  try {
    const barrier = await unseal(store, loadConfig({ env: {}, flags: { dataDir, dev: true } }), places);
    const row = await findClusterById(store.db, clusterId);
    if (!row?.sealed_credentials) throw new Error('the cluster has no credentials');
    const { pluginApiKey: apiKey } = openCredentials(barrier, row, row.sealed_credentials);
    barrier.destroy();
    const serverId = (await readMeta(store.db, 'server_id')) ?? '';
    const stateDirectory = join(places.clusters, clusterId, 'kms-plugin');
    const node = await startNode({ url, apiKey, clusterId, serverId }, { stateDirectory, nodeName: 'master-0' });
    await ready(node);
    return { node, [Symbol.asyncDispose]: () => node.stop() };
  } finally {
    await store.close();
  }
}
