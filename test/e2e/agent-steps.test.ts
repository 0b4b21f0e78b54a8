import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchFiles } from '../../src/cluster-agent/etcd/file-search.ts';
import { needlesOf } from '../../src/cluster-agent/kube/canary.ts';
import { type AgentCluster, startAgentCluster } from './agent-cluster.ts';

const binaries = { etcd: process.env.ROOTWARD_ETCD ?? 'etcd', 'kube-apiserver': process.env.ROOTWARD_KUBE_APISERVER ?? 'kube-apiserver' };
const SECRETS = 60;

let cluster: AgentCluster;
const contents = new Map<string, Buffer>();

beforeAll(async () => {
  cluster = await startAgentCluster(binaries);
}, 90_000);
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
}, 60_000);

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

function searchContents(): ReturnType<typeof searchFiles> {
  const needles = [...contents].flatMap(([name, content]) => needlesOf(name, content));
  return searchFiles(
    cluster.access.etcdMembers().map((member) => member.dataDirectory),
    needles,
  );
}

async function passes(name: string, parameters: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const started = performance.now();
  const report = await cluster.run(name, parameters);
  if (process.env.ROOTWARD_TEST_VERBOSE) console.error(name, Math.round(performance.now() - started), 'ms', JSON.stringify(report));
  expect(report).toMatchObject({ outcome: 'done' });
  return report.evidence;
}

describe('the steps of a run, on a real etcd and kube-apiserver', () => {
  it('moves plaintext Secrets under the key and proves that no trace is left', { timeout: 180_000 }, async () => {
    for (let index = 0; index < SECRETS; index += 1) await createSecret(`before-${index}`, index % 10 === 0);
    await passes('preflight');
    await passes('install');
    const planted = await passes('read-everywhere');
    expect(planted).toMatchObject({ canary: { plaintext: 1 } });
    await passes('write');
    await passes('converge');
    await createSecret('after-write', false);
    expect((await searchContents()).matches).toBeGreaterThanOrEqual(SECRETS);
    const migrated = await passes('migrate');
    expect(migrated).toMatchObject({ resources: { secrets: { stale: 0, failures: [] } } });
    const proof = await passes('prove');
    expect(proof).toMatchObject({ level: 'disk', passed: true, disk: { matches: 0 } });
    expect(await searchContents()).toMatchObject({ matches: 0 });
    await passes('finish');
    await passes('verify-canary-read');
    await expectReadable();
  });

  it('moves every object to a new key id after a rotation', { timeout: 120_000 }, async () => {
    const old = cluster.plugin.keyId;
    const keyId = cluster.plugin.rotate();
    await passes('converge');
    await passes('migrate');
    const proof = await passes('prove', { proofLevels: ['live'] });
    expect(proof).toMatchObject({ level: 'live', passed: true, resources: { secrets: { plaintext: 0, byKeyId: { [keyId]: SECRETS + 2 } } } });
    expect(JSON.stringify(proof)).not.toContain(old);
    await expectReadable();
  });
});
