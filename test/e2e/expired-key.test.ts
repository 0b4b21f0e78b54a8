import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addInstance, addRootKey } from '../process/api.ts';
import { auditRecords } from '../process/read-audit.ts';
import { type HostedCluster, startCluster } from './hosted-cluster.ts';
import { type HostedServer, startHostedServer } from './hosted-server.ts';
import { type PlantedSecret, plantSecrets, unreadable } from './planted-secrets.ts';
import { rawValues, sealsOf } from './raw-etcd.ts';
import { authorize } from './service-authorizations.ts';
import { until } from './until.ts';

/** Long enough to seal a cluster on a busy machine, and not much longer. */
const LIFE_MS = 60_000;
const SOON_MS = 30_000;
const REASON = 'the key expired over the holidays';

describe('a root key that expires on a real kube-apiserver', () => {
  let server: HostedServer;
  let cluster: HostedCluster;
  let instance: string;
  let secrets: PlantedSecret[];

  beforeAll(async () => {
    server = await startHostedServer();
    instance = await addInstance(server.owner, server.resourceGroupId);
    await authorize(server);
    cluster = await startCluster(server, 'expiring');
    secrets = await plantSecrets(cluster.kube, 'before', 5);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  it('S14b: the cluster is critical at once and reads on; a master that starts anew reads nothing', async () => {
    const expirationDate = new Date(Date.now() + LIFE_MS).toISOString();
    const key = await addRootKey(server.owner, instance, { expirationDate });
    expect((await cluster.enable(instance, key, { force: true })).status).toBe(201);
    await cluster.settles();
    const view = await cluster.becomes('is critical', ({ state }) => state === 'critical', LIFE_MS + SOON_MS);
    expect(view).toMatchObject({ lifecycle: { masterHealth: 'normal' }, keyManagementService: { keyState: 'expired' } });
    expect(await unreadable(cluster.kube, secrets)).toEqual([]);

    // The lease of the plugin is not over yet, so both have to start anew.
    process.kill(cluster.pid('kms-plugin'), 'SIGKILL');
    process.kill(cluster.pid('kube-apiserver'), 'SIGKILL');
    const answers = async () => (await cluster.kube.send('GET', '/version')).status === 200;
    await until('the next apiserver answers', answers, { timeoutMs: SOON_MS });
    expect(await unreadable(cluster.kube, secrets)).toHaveLength(secrets.length);
  }, 240_000);

  it('with broken glass and a reason it is moved to a new root key, and every Secret reads back identical', async () => {
    const second = await addRootKey(server.owner, instance);
    const asked = await cluster.enable(instance, second, { break_glass: true, reason: REASON });
    expect(asked.status).toBe(201);
    const { rootKeyID, activation, proof } = (await cluster.settles()).keyManagementService;
    expect(rootKeyID).toBe(second);
    expect(proof).toMatchObject({ keyId: activation?.keyId, disk: { proven: true, matches: 0 } });
    expect(sealsOf(await rawValues(cluster.directory))).toEqual([activation?.keyId]);
    expect(await unreadable(cluster.kube, secrets)).toEqual([]);
    await cluster.becomes('is normal', ({ state }) => state === 'normal', SOON_MS);
    const records = [...auditRecords(server.dataDir)].filter(
      ({ action }) => action === 'containers-kubernetes.cluster-kms.enable',
    );
    expect(records.at(-1)?.requestData).toMatchObject({ updateType: 'break-glass', reason: REASON, rootKeyId: second });
  }, 240_000);
});
