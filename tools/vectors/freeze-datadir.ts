/**
 * Freezes a data directory as this version of the program leaves it: `node tools/run.cjs tools/vectors/freeze-datadir.ts DIRECTORY`. Everything
 * in it was made by a real server, a real cluster and its real plugin. A frozen directory is never written again; a new format gets a new one.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pluginSocketPath } from '../../src/controlplane/apiserver-record.ts';
import { connect } from '../../src/kms-plugin/testkit/plugin.ts';
import { startCluster } from '../../test/e2e/hosted-cluster.ts';
import { startHostedServer } from '../../test/e2e/hosted-server.ts';
import { rootKeys } from '../../test/e2e/root-keys.ts';
import { authorize } from '../../test/e2e/service-authorizations.ts';
import { type Api, addInstance, addRootKey } from '../../test/process/api.ts';
import { type FrozenBlob, type FrozenDataDir, type FrozenWrap, README } from './frozen-datadir.ts';

const [target] = process.argv.slice(2);
if (target === undefined || existsSync(target)) throw new Error('usage: freeze-datadir.ts NEW_DIRECTORY');
const directory = resolve(target);

const server = await startHostedServer();
const { owner } = server;
const instance = await addInstance(owner, server.resourceGroupId, 'vector');
await authorize(server);
const clusterKey = await addRootKey(owner, instance, { name: 'cluster-key' });
const key = await addRootKey(owner, instance, { name: 'rotated' });
const disabled = await addRootKey(owner, instance, { name: 'disabled' });
const deleted = await addRootKey(owner, instance, { name: 'deleted' });
const keys = rootKeys(owner, instance);
const wraps: FrozenWrap[] = [];
for (let version = 1; version <= 3; version += 1) {
  if (version > 1) await keys.act(key, 'rotate');
  wraps.push(await wrap(owner, `version ${version}`, []), await wrap(owner, `version ${version} with context`, ['team-a', 'db']));
}
await keys.act(disabled, 'disable');
await keys.remove(deleted);

const cluster = await startCluster(server, 'frozen');
await cluster.enable(instance, clusterKey);
const first = await cluster.settles();
const blobs: FrozenBlob[] = [];
await seal(2);
await keys.act(clusterKey, 'rotate');
const before = first.keyManagementService.activation?.number ?? 0;
await cluster.becomes('is proven again', ({ keyManagementService: { activation, run, proof } }) => {
  return activation?.number === before + 1 && run?.state === 'done' && proof?.keyId === activation.keyId;
});
await seal(2);
await server.stop();

const expected: FrozenDataDir = {
  accountId: server.accountId,
  instanceId: instance,
  clusterId: cluster.id,
  activeKeyId: blobs.at(-1)?.keyId ?? '',
  rotatedKeyId: key,
  versions: 3,
  states: { [clusterKey]: 1, [key]: 1, [disabled]: 2, [deleted]: 5 },
  wraps,
  blobs,
};
mkdirSync(directory, { recursive: true });
const stateOf = (id: string) => join('clusters', id, 'kms-plugin');
for (const name of ['rootward.db', 'dev-seal.key', 'dev-api-key', 'audit', stateOf(cluster.id)])
  cpSync(join(server.dataDir, name), join(directory, 'data', name), { recursive: true });
if (existsSync(join(server.dataDir, 'rootward.db-wal'))) throw new Error('the server has left a write-ahead log');
writeFileSync(join(directory, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
writeFileSync(join(directory, 'README.md'), README);
rmSync(server.dataDir, { recursive: true, force: true });
process.stdout.write(`${directory}: ${sizeOf(directory)} bytes\n`);
process.exit(0);

async function wrap(api: Api, text: string, aad: readonly string[]): Promise<FrozenWrap> {
  const plaintext = Buffer.from(text).toString('base64');
  const body = { plaintext, ...(aad.length > 0 && { aad }) };
  const answer = await api.send('POST', `/api/v2/keys/${key}/actions/wrap`, body, { 'bluemix-instance': instance });
  if (answer.status !== 200) throw new Error(`not wrapped: ${answer.status} ${JSON.stringify(answer.body)}`);
  return { keyVersionId: answer.body.keyVersion.id, aad, plaintext, ciphertext: answer.body.ciphertext };
}

async function seal(count: number): Promise<void> {
  const plugin = connect(pluginSocketPath(cluster.directory), 'v2');
  try {
    for (let index = 0; index < count; index += 1) {
      const plaintext = Buffer.from(`sealed ${blobs.length}`);
      const sealed = await plugin.call<{ ciphertext: Uint8Array; keyId: string }>('Encrypt', { plaintext, uid: 'frozen' });
      const ciphertext = Buffer.from(sealed.ciphertext).toString('base64');
      blobs.push({ keyId: sealed.keyId, plaintext: plaintext.toString('base64'), ciphertext });
    }
  } finally {
    plugin.close();
  }
}

function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
