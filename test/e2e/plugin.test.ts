import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ClusterAccess, hostedAccess } from '../../src/cluster-agent/cluster-access.ts';
import { EtcdClient } from '../../src/cluster-agent/etcd/etcd-client.ts';
import { classifyEtcdValue, type EtcdValue } from '../../src/cluster-agent/etcd/etcd-value.ts';
import { KubeClient } from '../../src/cluster-agent/kube/kube-client.ts';
import { pluginSocketPath, restartApiserver } from '../../src/controlplane/apiserver-record.ts';
import { findPresentBinaries, machineDeps } from '../../src/controlplane/binaries/find-binaries.ts';
import { type ControlPlanes, createControlPlanes } from '../../src/controlplane/control-planes.ts';
import { createPki } from '../../src/controlplane/pki/create-pki.ts';
import { publicKeyId } from '../../src/kms-plugin/state/snapshot.ts';
import { KeyServer } from '../../src/kms-plugin/testkit/key-server.ts';
import { PluginProcess } from '../../src/kms-plugin/testkit/process.ts';

const present = await findPresentBinaries(machineDeps({}, (line) => process.stderr.write(`${line}\n`)));
const CLUSTER = 'c1';

describe.skipIf(present === null)('the plugin beside a real kube-apiserver (needs kube-apiserver and etcd)', () => {
  const server = new KeyServer();
  const key = server.createKey();
  const secrets = new Map<string, string>();
  let root: string;
  let directory: string;
  let configFile: string;
  let planes: ControlPlanes;
  let access: ClusterAccess;
  let kube: KubeClient;
  let plugin: PluginProcess;

  beforeAll(async () => {
    await server.start();
    server.activate(key);
    root = mkdtempSync(join(tmpdir(), 'rootward-plugin-'));
    directory = join(root, 'clusters', CLUSTER);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const binaries = { etcd: present?.etcd.path ?? '', 'kube-apiserver': present?.['kube-apiserver'].path ?? '' };
    planes = createControlPlanes({ binaries: async () => binaries, log: () => undefined });
    const pki = await createPki(new Date());
    await planes.apply({ clusterId: CLUSTER, clusterName: 'one', directory, pki, state: 'running', plugin: null, agent: null });
    await planes.waitReady(CLUSTER, 60_000);
    access = hostedAccess(directory);
    kube = await KubeClient.open(() => access.apiservers()[0]?.url ?? '', access.kubeTls());
    writeFileSync(join(root, 'api-key'), server.apiKey, { mode: 0o600 });
    configFile = join(root, 'plugin.json');
    const config = {
      serverUrl: server.url,
      apiKeyFile: join(root, 'api-key'),
      clusterId: server.clusterId,
      nodeName: 'master-0',
      socketPath: pluginSocketPath(directory),
      stateDirectory: join(root, 'plugin-state'),
      serverId: server.serverId,
      probeIntervalMs: 1000,
    };
    writeFileSync(configFile, JSON.stringify(config), { mode: 0o600 });
    plugin = new PluginProcess(configFile);
    const kms = { kms: { apiVersion: 'v2', name: 'rootward', endpoint: `unix://${config.socketPath}`, timeout: '3s' } };
    const encryption = {
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'EncryptionConfiguration',
      resources: [{ resources: ['secrets'], providers: [kms, { identity: {} }] }],
    };
    writeFileSync(access.apiservers()[0]?.configPath ?? '', JSON.stringify(encryption));
    await restart();
  }, 120_000);

  afterAll(async () => {
    await kube?.close();
    await planes?.stopAll();
    await plugin?.terminate();
    await server.stop();
    rmSync(root, { recursive: true, force: true });
  }, 60_000);

  /** A new apiserver process: nothing is in its memory. */
  async function restart(): Promise<void> {
    await restartApiserver(directory, 0, 20_000);
    await planes.waitReady(CLUSTER, 60_000);
  }

  async function create(): Promise<string> {
    const [name, value] = [`s-${randomUUID()}`, randomBytes(32).toString('base64')];
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: { value } };
    const { status } = await kube.send({ method: 'POST', path: '/api/v1/namespaces/default/secrets', body });
    if (status !== 201) throw new Error(`creating a Secret answered ${status}`);
    secrets.set(name, value);
    return name;
  }

  async function read(name: string): Promise<string | number> {
    const { status, body } = await kube.send({ method: 'GET', path: `/api/v1/namespaces/default/secrets/${name}` });
    return (body as { data?: { value?: string } }).data?.value ?? status;
  }

  async function inEtcd(name: string): Promise<{ value: EtcdValue; bytes: Buffer }> {
    const etcd = await EtcdClient.open({ urls: () => access.etcdMembers().map(({ url }) => url), tls: access.etcdTls() });
    try {
      const { kvs } = await etcd.range({ key: Buffer.from(`/registry/secrets/default/${name}`) });
      const bytes = Buffer.from(kvs[0]?.value ?? []);
      return { value: classifyEtcdValue(bytes), bytes };
    } finally {
      etcd.close();
    }
  }

  it('a Secret is in etcd as ciphertext under the key id of the activation, and is read back', async () => {
    const activation = server.activate(key);
    await vi.waitFor(async () => expect((await inEtcd(await create())).value).toMatchObject({ keyId: publicKeyId(activation) }), {
      timeout: 90_000,
      interval: 1000,
    });
    for (const [name, value] of secrets) {
      const { value: form, bytes } = await inEtcd(name);
      expect(form).toMatchObject({ form: 'kms-v2', provider: 'rootward' });
      expect(bytes.includes(Buffer.from(value, 'base64'))).toBe(false);
      expect(bytes.includes(value)).toBe(false);
      expect(await read(name)).toBe(value);
    }
  }, 120_000);

  it('a new apiserver beside a new plugin reads everything', async () => {
    await plugin.terminate();
    plugin = new PluginProcess(configFile);
    await restart();
    for (const [name, value] of secrets) expect(await read(name)).toBe(value);
  }, 90_000);

  it('while the root key is suspended a new apiserver reads nothing; enabled, it is back within 30 seconds', async () => {
    server.setState(key, 'suspended');
    await restartApiserver(directory, 0, 20_000);
    const [[name, value] = ['', '']] = secrets;
    await vi.waitFor(async () => expect(await read(name)).toBe(500), { timeout: 40_000, interval: 500 });
    server.setState(key, 'active');
    const enabledAt = performance.now();
    await vi.waitFor(async () => expect(await read(name)).toBe(value), { timeout: 30_000, interval: 250 });
    process.stderr.write(`    back after ${Math.round(performance.now() - enabledAt)} ms\n`);
    expect(await read(await create())).toBe([...secrets.values()].at(-1));
  }, 120_000);
});
