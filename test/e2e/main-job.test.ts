import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/contract/clusters/cluster.ts';
import { addInstance, addRootKey } from '../process/api.ts';
import { auditRecords } from '../process/read-audit.ts';
import { type HostedCluster, startCluster } from './hosted-cluster.ts';
import { type HostedServer, startHostedServer } from './hosted-server.ts';
import { etcdKeyOf, needlesOf, type PlantedSecret, plantSecrets, unreadable } from './planted-secrets.ts';
import { foundInFiles, rawValues, sealsOf } from './raw-etcd.ts';
import { type RootKeys, rootKeys } from './root-keys.ts';
import { authorize, deletePolicy } from './service-authorizations.ts';
import { startReading } from './steady-reader.ts';
import { until } from './until.ts';

const IN_PROGRESS = 'Key management service feature enablement in progress.';
/** What "soon" means after a change of a root key. */
const SOON_MS = 30_000;
const SEALED = 'k8s:enc:kms:v2:rootward:';

// One server and one cluster that lives through everything, in this order; each claim builds on the one before.
describe('the main job on a real kube-apiserver and etcd', () => {
  let server: HostedServer;
  let cluster: HostedCluster;
  let keys: RootKeys;
  let authorization: string;
  let first: string;
  let second: string;
  let before: PlantedSecret[];
  let after: PlantedSecret[] = [];
  const planted = () => [...before, ...after];

  beforeAll(async () => {
    server = await startHostedServer();
    keys = rootKeys(server.owner, await addInstance(server.owner, server.resourceGroupId));
    authorization = await authorize(server);
    first = await addRootKey(server.owner, keys.instance);
    second = await addRootKey(server.owner, keys.instance);
    cluster = await startCluster(server, 'main-job');
    before = await plantSecrets(cluster.kube, 'before', 10);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  async function expectAllReadable(): Promise<void> {
    expect(await unreadable(cluster.kube, planted())).toEqual([]);
  }

  /** Waits until a fresh client reads every Secret as it was written. */
  async function untilReadable(timeoutMs: number): Promise<void> {
    let last: unknown[] = [];
    const look = async () => {
      last = await unreadable(cluster.kube, planted());
      return last.length === 0;
    };
    await until('every Secret is readable', look, { timeoutMs, intervalMs: 500, seen: () => last[0] });
  }

  async function expectSuspended(): Promise<void> {
    const timeoutMs = SOON_MS;
    const refused = async () => (await cluster.kube.send('GET', '/api/v1/namespaces/default/secrets')).status === 0;
    await until('a fresh call fails', refused, { timeoutMs });
    await until('no apiserver runs', async () => cluster.pids()['kube-apiserver'] === undefined, { timeoutMs });
    const kubeconfig = await cluster.kubeconfig();
    expect(kubeconfig).toMatchObject({ status: 409, body: { code: 'CLUSTER_SUSPENDED' } });
    expect(kubeconfig.body.description).toContain((await cluster.view()).status);
  }

  const auditOf = (action: string) => [...auditRecords(server.dataDir)].filter((record) => record.action === action);

  it('before: every form of the bytes of every Secret is found in the files of etcd', () => {
    const needles = needlesOf(before);
    expect(needles).toHaveLength(50);
    expect([...foundInFiles(cluster.directory, needles)].sort()).toEqual(needles.map(({ name }) => name).sort());
  });

  it('S30, S30b: enabling answers 201, shows its progress, refuses a second one meanwhile, and ends Ready', async () => {
    expect(await cluster.enable(keys.instance, first)).toMatchObject({ status: 201, body: {} });
    expect((await cluster.view()).lifecycle).toMatchObject({ masterStatus: IN_PROGRESS });
    const again = await cluster.enable(keys.instance, first);
    expect(again).toMatchObject({ status: 409, body: { code: 'CLUSTER_BUSY', recoveryCLI: expect.any(String) } });
    const view = await cluster.settles();
    expect(view).toMatchObject({
      state: 'normal',
      lifecycle: { masterState: 'deployed' },
      features: { keyProtectEnabled: true },
    });
    expect(view.keyManagementService).toMatchObject({ instanceID: keys.instance, rootKeyID: first, keyState: 'usable' });
  });

  it('S2: Secrets from before and after enabling are ciphertext of the KMS provider in etcd and read back identical', async () => {
    after = await plantSecrets(cluster.kube, 'after', 10);
    const values = await rawValues(cluster.directory);
    for (const secret of planted()) {
      expect(values.get(etcdKeyOf(secret))?.subarray(0, SEALED.length).toString()).toBe(SEALED);
    }
    expect(sealsOf(values)).toEqual([(await cluster.view()).keyManagementService.activation?.keyId]);
    await expectAllReadable();
  });

  it('S2: after the disk proof no form of any Secret is left in any file of etcd; the proof is stored and shown', async () => {
    expect([...foundInFiles(cluster.directory, needlesOf(planted()))]).toEqual([]);
    const { proof, activation } = (await cluster.view()).keyManagementService;
    expect(proof).toMatchObject({ keyId: activation?.keyId, live: { proven: true }, history: { proven: true } });
    expect(proof?.disk).toMatchObject({ proven: true, matches: 0, files: expect.any(Number), needles: expect.any(Number) });
  });

  it('S33, S34: a rotation moves every Secret to a new activation by itself, and no read is answered wrongly meanwhile', async () => {
    const values = await rawValues(cluster.directory);
    const old = (await cluster.view()).keyManagementService.activation;
    const reading = startReading(cluster.kube, '/api/v1/namespaces/default/secrets/before-0');
    await keys.act(first, 'rotate', { 'correlation-id': 'aaaaaaaa-1111-4222-8333-444444444444' });
    await cluster.becomes('shows the rotation', ({ lifecycle }) => lifecycle.masterStatus === IN_PROGRESS);
    const { activation, proof } = (await cluster.settles()).keyManagementService;
    const read = await reading.stop();
    expect(activation).toMatchObject({ number: 2, keyVersionId: await keys.version(first) });
    expect(activation?.keyId).not.toBe(old?.keyId);
    expect(proof).toMatchObject({ keyId: activation?.keyId, disk: { proven: true, matches: 0 } });

    const moved = await rawValues(cluster.directory);
    expect(sealsOf(moved)).toEqual([activation?.keyId]);
    for (const secret of planted()) expect(moved.get(etcdKeyOf(secret))).not.toEqual(values.get(etcdKeyOf(secret)));
    await expectAllReadable();
    expect(read.reads).toBeGreaterThan(5);
    // The proof restarts etcd, so a read may have to be repeated, but none is answered with something wrong.
    expect(read.other.filter((status) => status !== 0 && status < 500)).toEqual([]);
  });

  it('S34: the registration is at the newest version, and rotation, acknowledgement and update are in the audit log', async () => {
    const version = await keys.version(first);
    expect(await keys.registrations(first)).toMatchObject([{ keyVersion: { id: version } }]);
    const correlationId = 'aaaaaaaa-1111-4222-8333-444444444444';
    const acknowledged = () => auditOf('kms.secrets.ack-rotate').find((record) => record.correlationId === correlationId);
    const ack = await until('the rotation is acknowledged', async () => acknowledged(), { timeoutMs: SOON_MS });
    expect(ack).toMatchObject({
      outcome: 'success',
      responseData: { eventAckData: { eventType: 'rotation', keyState: 'DEK_ENABLED' } },
    });
    const rotation = { correlationId, outcome: 'success' };
    expect(auditOf('kms.secrets.rotate')).toMatchObject([rotation]);
    const updates = auditOf('containers-kubernetes.cluster-key-state.update');
    expect(updates).toContainEqual(
      expect.objectContaining({ correlationId, requestData: expect.objectContaining({ newValue: version }) }),
    );
  });

  it('a server that dies takes nothing with it: Secrets are read and written meanwhile, and the next one adopts every process', async () => {
    const pids = cluster.pids();
    expect(Object.keys(pids).sort()).toEqual(['cluster-agent', 'etcd', 'kms-plugin', 'kube-apiserver']);
    await server.kill();
    await expectAllReadable();
    after.push(...(await plantSecrets(cluster.kube, 'orphan', 2)));
    await server.start();
    await cluster.becomes('is known to be ready', ({ lifecycle }) => lifecycle.masterHealth === 'normal');
    // Long enough for a supervisor that wanted other processes to have started them.
    await sleep(3000);
    expect(cluster.pids()).toEqual(pids);
    await expectAllReadable();
  });

  it('S4a, S4b: the key cannot be deleted while the cluster is registered, rotated or not; the text says why, and nothing changes', async () => {
    const view = await cluster.view();
    const refused = await keys.remove(first);
    expect(refused).toMatchObject({ status: 409, body: { resources: [{ reasons: [{ code: 'PROTECTED_RESOURCE_ERR' }] }] } });
    expect(JSON.stringify(refused.body)).toMatch(/protects one or more resources/);
    expect(await keys.state(first)).toBe(1);
    expect(await keys.registrations(first)).toMatchObject([{ resourceCrn: view.crn }]);
    expect(await cluster.view()).toEqual(view);
  });

  it('S6: a disabled root key makes the cluster a warning that names it; a fresh client fails, the kubeconfig is refused', async () => {
    const correlationId = 'bbbbbbbb-1111-4222-8333-444444444444';
    await keys.act(first, 'disable', { 'correlation-id': correlationId });
    const view = await cluster.becomes('is a warning', ({ state }) => state === 'warning', SOON_MS);
    expect(view.status).toContain(first);
    expect(view.lifecycle.masterHealth).toBe('suspended');
    await expectSuspended();
    const updates = auditOf('containers-kubernetes.cluster-key-state.update');
    expect(updates.find((record) => record.correlationId === correlationId)?.requestData).toMatchObject({
      newValue: 'suspended',
    });
  });

  it('S7: enabled again, the cluster serves identical Secrets within 30 seconds, although its server died in the outage', async () => {
    await server.kill();
    await server.start();
    await expectSuspended();
    const activation = (await cluster.view()).keyManagementService.activation;
    await keys.act(first, 'enable');
    await cluster.becomes('is normal', ({ state }) => state === 'normal', SOON_MS);
    await untilReadable(SOON_MS);
    // Nothing had to be rewritten.
    expect((await cluster.view()).keyManagementService.activation).toEqual(activation);
  });

  it('S31: another root key takes over every Secret, and only then the old one is released', async () => {
    expect((await cluster.enable(keys.instance, second)).status).toBe(201);
    const moving = await cluster.becomes('moves', inStep('migrate', 'prove'));
    expect(moving.keyManagementService.rootKeyID).toBe(second);
    expect(await keys.registrations(first)).toHaveLength(1);
    expect((await keys.remove(first)).status).toBe(409);
    const { rootKeyID, activation } = (await cluster.settles()).keyManagementService;
    expect([rootKeyID, activation?.number]).toEqual([second, 3]);
    expect(sealsOf(await rawValues(cluster.directory))).toEqual([activation?.keyId]);
    await expectAllReadable();
    expect(await keys.registrations(first)).toEqual([]);
    expect(await keys.registrations(second)).toHaveLength(1);
  });

  it('S32: the old root key is refused for this cluster, also by the next server, and accepted for another cluster', async () => {
    const expectRefused = async () => {
      const view = await cluster.view();
      const refused = await cluster.enable(keys.instance, first);
      expect(refused).toMatchObject({ status: 400, body: { code: 'ROOT_KEY_PREVIOUS' } });
      expect(refused.body.description).toContain(first);
      expect(refused.body.recoveryCLI).toContain('Create a new root key');
      expect(await cluster.view()).toEqual(view);
      expect(await keys.registrations(first)).toEqual([]);
    };
    await expectRefused();
    await server.kill();
    await server.start();
    await cluster.becomes('is known to be ready', ({ lifecycle }) => lifecycle.masterHealth === 'normal');
    await expectRefused();

    const other = await startCluster(server, 'other');
    expect((await other.enable(keys.instance, first)).status).toBe(201);
    expect((await server.owner.send('DELETE', `/v1/clusters/${other.id}`)).status).toBe(204);
    const gone = async () => (await server.owner.send('GET', `/v2/getCluster?cluster=${other.id}`)).status === 404;
    await until('the other cluster is gone', gone, { timeoutMs: SOON_MS });
  });

  it('S4b: the old root key can be deleted, and the cluster does not notice', async () => {
    expect([200, 204]).toContain((await keys.remove(first)).status);
    expect(await keys.state(first)).toBe(5);
    expect(await cluster.view()).toMatchObject({ state: 'normal' });
    await expectAllReadable();
  });

  it('S23b: without its service authorization the cluster is a warning and a new apiserver neither reads nor writes; with it all is back', async () => {
    const unforced = await server.owner.send('DELETE', `/v1/policies/${authorization}`);
    expect(unforced.status).toBe(409);
    expect(JSON.stringify(unforced.body)).toContain(cluster.name);
    await deletePolicy(server, authorization);
    const view = await cluster.becomes('is a warning', ({ state }) => state === 'warning', SOON_MS);
    expect(view.status).toContain('service authorization');
    // The apiserver that runs may use its seed for three more minutes; one that starts now has to ask for it.
    process.kill(cluster.pid('kube-apiserver'), 'SIGKILL');
    const answers = async () => (await cluster.kube.send('GET', '/version')).status === 200;
    await until('the next apiserver answers', answers, { timeoutMs: 3 * SOON_MS });
    const [secret] = before;
    const read = await cluster.kube.send('GET', `/api/v1/namespaces/default/secrets/${secret?.name}`);
    expect(read.status).toBeGreaterThanOrEqual(500);
    await expect(plantSecrets(cluster.kube, 'denied', 1)).rejects.toThrow(/was not created: 5/);

    authorization = await authorize(server);
    await cluster.becomes('is normal', ({ state }) => state === 'normal', SOON_MS);
    await untilReadable(SOON_MS);
  });

  it('S5a: a forced deletion makes the cluster critical and suspends it; no other key and no restart of the server bring it back', async () => {
    expect([200, 204]).toContain((await keys.remove(second, true)).status);
    const view = await cluster.becomes('is critical', ({ state }) => state === 'critical', SOON_MS);
    expect(view.status).toContain(second);
    await expectSuspended();
    const third = await addRootKey(server.owner, keys.instance);
    expect(await cluster.enable(keys.instance, third)).toMatchObject({ status: 409, body: { code: 'CLUSTER_SUSPENDED' } });
    await server.kill();
    await server.start();
    // Long enough for the next server to have looked at everything.
    await sleep(3000);
    expect((await cluster.view()).state).toBe('critical');
    await expectSuspended();
  });
});

const inStep =
  (...steps: readonly string[]) =>
  ({ keyManagementService: { run } }: Cluster): boolean =>
    run?.state === 'running' && steps.includes(run.step);
