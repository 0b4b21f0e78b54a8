import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEncryptionConfig } from '../../src/cluster-agent/encryption-config/encryption-config.ts';
import { EtcdClient } from '../../src/cluster-agent/etcd/etcd-client.ts';
import { type Needle, searchFiles } from '../../src/cluster-agent/etcd/file-search.ts';
import { SECRET_MARKERS } from '../../src/cluster-agent/etcd/plaintext-markers.ts';
import { needlesOf } from '../../src/cluster-agent/kube/canary.ts';
import { RootwardError } from '../../src/contract/errors.ts';
import { findBinaries, findPresentBinaries, machineDeps } from '../../src/controlplane/binaries/find-binaries.ts';
import { type AgentCluster, startAgentCluster } from './agent-cluster.ts';

const deps = machineDeps({}, (line) => process.stderr.write(`${line}\n`));
const present = await findPresentBinaries(deps);
const wanted = present !== null || process.env.CI === 'true';
const SECRETS = 60;
/** The same with two apiservers takes longer and is asked for by name. */
const APISERVERS = process.env.ROOTWARD_TEST_APISERVERS === '2' ? 2 : 1;
/** Everything that is there after `after-write` was created. */
const ALL = SECRETS + 1 + APISERVERS;

let cluster: AgentCluster;
const contents = new Map<string, Buffer>();

async function createSecret(name: string, immutable: boolean): Promise<void> {
  const content = randomBytes(32);
  const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, immutable, data: { value: content.toString('base64') } };
  const answer = await cluster.kube.send({ method: 'POST', path: '/api/v1/namespaces/default/secrets', body });
  expect(answer.status).toBe(201);
  contents.set(name, content);
}

async function expectReadable(): Promise<void> {
  for (const [name, content] of contents) {
    const answer = await cluster.kube.send({ method: 'GET', path: `/api/v1/namespaces/default/secrets/${name}` });
    expect((answer.body as { data?: { value?: string } }).data?.value).toBe(content.toString('base64'));
  }
}

function searchEtcdFiles(needles: readonly Needle[]): ReturnType<typeof searchFiles> {
  const directories = cluster.access.etcdMembers().map((member) => member.dataDirectory);
  return searchFiles(directories, needles);
}

function searchContents(): ReturnType<typeof searchFiles> {
  return searchEtcdFiles([...contents].flatMap(([name, content]) => needlesOf(name, content)));
}

async function passes(name: string, parameters: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const started = performance.now();
  const report = await cluster.run(name, parameters);
  if (process.env.ROOTWARD_TEST_VERBOSE)
    console.error(name, Math.round(performance.now() - started), 'ms', JSON.stringify(report));
  expect(report).toMatchObject({ outcome: 'done' });
  return report.evidence;
}

/** Somebody who changes the same Secrets all the time, so that rewrites meet conflicts. */
function startWriter(): { stop: () => Promise<void> } {
  let running = true;
  const write = async () => {
    for (let turn = 0; running; turn += 1) {
      const path = `/api/v1/namespaces/default/secrets/before-${SECRETS - 1 - (turn % 5)}`;
      const body = { metadata: { annotations: { turn: String(turn) } } };
      await cluster.kube.send({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' });
    }
  };
  const writers = Promise.all([write(), write(), write()]);
  return {
    stop: async () => {
      running = false;
      await writers;
    },
  };
}

const configFile = () => readFileSync(cluster.access.apiservers()[0]?.configPath ?? '', 'utf8');

describe.skipIf(!wanted)('the steps of a run, on a real etcd and kube-apiserver', () => {
  beforeAll(async () => {
    const found = present ?? (await findBinaries(deps));
    cluster = await startAgentCluster({ etcd: found.etcd.path, 'kube-apiserver': found['kube-apiserver'].path }, APISERVERS);
  }, 30 * 60_000);
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
  }, 60_000);

  it('refuses to let the key write while an apiserver could not read it, and changes nothing', async () => {
    for (let index = 0; index < SECRETS; index += 1) await createSecret(`before-${index}`, index % 10 === 0);
    const before = configFile();
    expect(await cluster.run('write')).toMatchObject({ outcome: 'failed', error: { code: 'STEP_ORDER' } });
    expect(await cluster.run('finish')).toMatchObject({ outcome: 'failed', error: { code: 'STEP_ORDER' } });
    expect(configFile()).toBe(before);
  });

  it('puts the previous configuration back when an apiserver does not come back with the new one', {
    timeout: 90_000,
  }, async () => {
    const before = configFile();
    cluster.plugin.refusing = true;
    const report = await cluster.run('read-everywhere', { timeoutSeconds: 12 });
    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'APISERVER_NOT_BACK' } });
    cluster.plugin.refusing = false;
    expect(configFile()).toBe(before);
    expect(await cluster.kube.isReady()).toBe(true);
    await expectReadable();
  });

  it('rolls back to what was there before, and leaves no canary behind', { timeout: 90_000 }, async () => {
    const before = configFile();
    await passes('read-everywhere');
    expect(configFile()).not.toBe(before);
    expect(await passes('rollback', { keyId: '' })).toMatchObject({ arrangement: 'identity' });
    expect(parseEncryptionConfig(configFile())).toEqual(parseEncryptionConfig(before));
    const list = await cluster.kube.send({ method: 'GET', path: '/api/v1/secrets?labelSelector=rootward.dev/canary' });
    expect(list.body).toMatchObject({ items: [] });
  });

  it('moves plaintext Secrets under the key and proves that no trace is left', { timeout: 180_000 }, async () => {
    await passes('preflight', { keyId: '' });
    await passes('install');
    const planted = await passes('read-everywhere');
    expect(planted).toMatchObject({ canary: { plaintext: APISERVERS } });
    expect((planted.canary as { disk: { matches: number } }).disk.matches).toBeGreaterThan(0);
    await passes('write');
    for (const apiserver of (await passes('write')).apiservers as object[]) expect(apiserver).toMatchObject({ restarted: false });
    await passes('converge');
    await createSecret('after-write', false);
    expect(await cluster.run('finish')).toMatchObject({ outcome: 'failed', error: { code: 'STEP_ORDER' } });
    expect((await searchContents()).matches).toBeGreaterThanOrEqual(SECRETS);
    expect((await searchEtcdFiles(SECRET_MARKERS)).byNeedle['secret:protobuf']).toBeGreaterThanOrEqual(SECRETS);
    expect(await cluster.run('prove')).toMatchObject({
      outcome: 'failed',
      error: { code: 'PROOF_FAILED' },
      evidence: { passed: false, level: 'none' },
    });

    // The agent dies in the middle: what is left to do is what etcd says.
    const stop = new AbortController();
    cluster.watch((progress) => progress.done >= 5 && stop.abort(new RootwardError('SHUTTING_DOWN')));
    await expect(cluster.run('migrate', { qps: 50 }, stop.signal)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    const migrated = await passes('migrate');
    expect(migrated).toMatchObject({ resources: { secrets: { total: ALL, stale: 0, failures: [] } } });
    const { rewritten } = (migrated.resources as { secrets: { rewritten: number } }).secrets;
    expect(rewritten).toBeLessThan(SECRETS);
    expect(rewritten).toBeGreaterThan(0);

    const proof = await passes('prove');
    expect(proof).toMatchObject({ level: 'disk', passed: true, resources: { secrets: { plaintext: 0 } }, disk: { matches: 0 } });
    expect((proof.disk as { durationMs: number }).durationMs).toBeLessThan(40_000);
    expect(await searchContents()).toMatchObject({ matches: 0 });
    await passes('finish');
    await passes('verify-canary-read');
    await expectReadable();
  });

  it('is not convinced by an apiserver that still writes under another key', { timeout: 60_000 }, async () => {
    const report = await cluster.run('converge', { keyId: 'test.other', timeoutSeconds: 2 });
    expect(report).toMatchObject({
      outcome: 'failed',
      error: { code: 'NOT_CONVERGED' },
      evidence: { keyId: 'test.other' },
    });
  });

  it('moves every object to a new key id after a rotation', { timeout: 120_000 }, async () => {
    const old = cluster.plugin.keyId;
    const keyId = cluster.plugin.rotate();
    await passes('converge');
    const writer = startWriter();
    const migrated = await passes('migrate');
    await writer.stop();
    expect((migrated.resources as { secrets: { conflicts: number } }).secrets.conflicts).toBeGreaterThan(0);
    const proof = await passes('prove', { proofLevels: ['live', 'history'] });
    expect(proof).toMatchObject({
      level: 'history',
      passed: true,
      resources: { secrets: { plaintext: 0, byKeyId: { [keyId]: ALL } } },
    });
    expect(proof.compactedRevision).toBe(proof.revision);
    expect(JSON.stringify(proof)).not.toContain(old);
    await expectReadable();
  });

  it('refuses a preflight when etcd holds objects under a key id that the server does not know', async () => {
    const report = await cluster.run('preflight', { keyId: '', oldKeyIds: ['test.other'] });
    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'PREFLIGHT_REFUSED' } });
    expect(report.error?.message).toContain(cluster.plugin.keyId);
  });

  it('does not roll back to a configuration that could not read what is stored', { timeout: 60_000 }, async () => {
    expect(await cluster.run('rollback', { configuration: 'identity' })).toMatchObject({
      outcome: 'failed',
      error: { code: 'STEP_ORDER' },
    });
  });

  it('rewrites what it can beside an object that nobody can open, and names that one', { timeout: 90_000 }, async () => {
    const keyId = cluster.plugin.rotate();
    await passes('converge');
    const etcd = await EtcdClient.open({
      urls: () => cluster.access.etcdMembers().map(({ url }) => url),
      tls: cluster.access.etcdTls(),
    });
    const key = '/registry/secrets/default/broken';
    try {
      await etcd.put(key, Buffer.concat([Buffer.from('k8s:enc:kms:v2:rootward:'), randomBytes(100)]));
      const report = await cluster.run('migrate', { maxRounds: 1 });
      expect(report).toMatchObject({ outcome: 'failed', error: { code: 'MIGRATION_INCOMPLETE' } });
      expect(report.evidence).toMatchObject({
        resources: { secrets: { total: ALL + 1, stale: 1, failures: [{ object: key }] } },
      });
      const proof = await cluster.run('prove', { proofLevels: ['live'] });
      expect(proof.evidence).toMatchObject({
        passed: false,
        resources: { secrets: { byKeyId: { [keyId]: ALL }, other: { unreadable: 1 } } },
      });
      await etcd.deleteKey(key);
      await passes('migrate');
      await passes('prove', { proofLevels: ['live'] });
    } finally {
      etcd.close();
    }
  });
});
