import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pollStep } from '../../../contract/agents/poll.ts';
import { reportStep } from '../../../contract/agents/report.ts';
import { createClassicCluster } from '../../../contract/clusters/create.ts';
import { getCluster } from '../../../contract/clusters/get.ts';
import { enableKms } from '../../../contract/enabling/enable.ts';
import { createInstance } from '../../../contract/instances/create.ts';
import { createKey } from '../../../contract/keys/creation/create.ts';
import { findClusterById } from '../../../store/clusters/clusters.ts';
import { findDefaultGroup } from '../../../store/iam/groups.ts';
import { createClusterCredentials } from '../../iam/api-keys/cluster-credentials.ts';
import { createOwnerKey } from '../../iam/api-keys/owner-key.ts';
import type { Invoke } from '../../pipeline.ts';
import { authorize, SERVICE } from '../../testkit/people.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../testkit/test-server.ts';
import { createChanges } from '../changes.ts';
import type { ClusterDeps } from '../deps.ts';
import { createRunDriver, type RunDriver } from '../enabling/driver.ts';
import { clusterHandlers } from '../handlers.ts';
import { openCredentials } from '../masters/cluster-secrets.ts';
import { createHostedMasters, type HostedMasters } from '../masters/hosted.ts';
import { createKeyWatch, type KeyWatch } from '../masters/key-watch.ts';
import { type RecordedControlPlanes, recordControlPlanes } from './recorded-control-planes.ts';

const TIERED_PRICING = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';

/** A whole server with the Kubernetes service in it; only the processes of the control planes are missing. */
export interface TestClusters extends AsyncDisposable {
  readonly server: TestServer;
  readonly deps: ClusterDeps;
  readonly planes: RecordedControlPlanes;
  readonly driver: RunDriver;
  readonly watch: KeyWatch;
  readonly hosted: HostedMasters;
  /** A KMS instance with a service authorization for all clusters of the account. */
  addInstance(options?: { readonly authorized?: boolean }): Promise<string>;
  addRootKey(instanceId: string, more?: { readonly expirationDate?: string; readonly extractable?: boolean }): Promise<string>;
  addCluster(name: string): Promise<TestCluster>;
}

export interface TestCluster {
  readonly id: string;
  readonly name: string;
  readonly pluginToken: string;
  readonly agentToken: string;
  enable(instanceId: string, keyId: string, more?: EnableOptions): Promise<void>;
  get(): ReturnType<typeof view>;
  /** The next step for the agent, after the server has done its own ones. */
  poll(agentId?: string): Promise<Step | null>;
  done(step: Step): Promise<void>;
  fail(step: Step, outcome: 'failed' | 'retry', error: string): Promise<void>;
  /** Lets the agent do one step after another until there is none, or until `until` has been done; their names. */
  work(until?: string): Promise<string[]>;
}

export interface EnableOptions {
  readonly force?: boolean;
  readonly account_id?: string;
  readonly break_glass?: boolean;
  readonly reason?: string;
}

export type Step = NonNullable<Awaited<ReturnType<typeof polled>>>;

export async function startTestClusters({ lifecycle }: Pick<TestServerOptions, 'lifecycle'> = {}): Promise<TestClusters> {
  const root = await mkdtemp(join(tmpdir(), 'rootward-clusters-'));
  const planes = recordControlPlanes(root);
  let deps: ClusterDeps | undefined;
  let server: TestServer | undefined;
  const invoke: Invoke = (...call) => {
    if (!server) throw new Error('the server is not up yet');
    return server.pipeline.invoke(...call);
  };
  server = await startTestServer({
    ...(lifecycle && { lifecycle }),
    more({ store, barrier, clockGuard, decide, iam, kms }) {
      deps = {
        store,
        keyRows: kms.keyRows,
        barrier,
        decide,
        invoke,
        randomBytes,
        now: clockGuard.now,
        earliestNow: clockGuard.earliest,
        newId: randomUUID,
        controlPlane: planes,
        createCredentials: (tx, cluster) => createClusterCredentials(tx, iam, cluster),
        createOwnerKey: (tx, owner) => createOwnerKey(tx, iam, owner),
        changes: createChanges(store),
        serverId: 'test-server',
        region: 'us-south',
        kekLeaseSeconds: 3600,
        stepLeaseMs: 60_000,
        log: { info() {}, warn() {} },
      };
      return clusterHandlers(deps);
    },
  });
  const up = server;
  if (!deps) throw new Error('the handlers were not made');
  const parts = deps;
  const driver = createRunDriver(parts);
  const watch = createKeyWatch(parts, up.events, 5000);
  const hosted = createHostedMasters(parts, {
    command: '/usr/bin/node',
    leadingArgs: ['rootward.cjs'],
    serverUrl: 'unix:///dev/shm/rootward-test-srv/server.sock',
    serverId: 'test-server',
    clustersDirectory: join(root, 'clusters'),
    readyTimeoutMs: 1000,
  });
  return {
    server: up,
    deps: parts,
    planes,
    driver,
    watch,
    hosted,
    async addInstance({ authorized = true } = {}) {
      const group = await findDefaultGroup(up.store.db, up.account.accountId);
      const { output } = await up.call(createInstance, up.ownerToken, {
        body: { name: 'kp', target: 'us-south', resource_group: group?.id ?? '', resource_plan_id: TIERED_PRICING },
      });
      const attributes = [{ name: 'serviceInstance', value: output.guid }];
      if (authorized) await authorize(up, { roles: [`${SERVICE}Reader`], service: 'kms', attributes });
      return output.guid;
    },
    async addRootKey(instanceId, { expirationDate, extractable = false } = {}) {
      const key = { name: 'a key', extractable, ...(expirationDate !== undefined && { expirationDate }) };
      const { output } = await up.call(createKey, up.ownerToken, {
        headers: { 'bluemix-instance': instanceId },
        body: { metadata: { collectionTotal: 1 }, resources: [key] },
      });
      return output.resources[0]?.id ?? '';
    },
    async addCluster(name) {
      const { output } = await up.call(createClassicCluster, up.ownerToken, { headers: {}, body: { name } });
      await hosted.pass();
      return await testCluster({ server: up, deps: parts, driver }, output.id, name);
    },
    async [Symbol.asyncDispose]() {
      parts.changes.close();
      await Promise.all([driver.stop(), watch.stop(), hosted.stop()]);
      await up[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true });
    },
  };
}

interface Around {
  readonly server: TestServer;
  readonly deps: ClusterDeps;
  readonly driver: RunDriver;
}

async function testCluster({ server, deps, driver }: Around, id: string, name: string): Promise<TestCluster> {
  const row = await findClusterById(server.store.db, id);
  if (!row?.sealed_credentials) throw new Error('the cluster has no credentials');
  const { pluginApiKey, agentApiKey } = openCredentials(deps.barrier, row, row.sealed_credentials);
  const agentToken = await server.logIn(agentApiKey);
  const report = async (step: Step, rest: object): Promise<void> => {
    const { runId, stepId, fence } = step;
    await server.call(reportStep, agentToken, { body: { runId, stepId, fence, ...rest } as never });
  };
  const cluster: TestCluster = {
    id,
    name,
    agentToken,
    pluginToken: await server.logIn(pluginApiKey),
    async enable(instance_id, crk_id, more = {}) {
      await server.call(enableKms, server.ownerToken, { headers: {}, body: { cluster: name, instance_id, crk_id, ...more } });
    },
    get: () => view(server, name),
    async poll(agentId = 'agent-1') {
      await driver.pass();
      return await polled(server, agentToken, agentId);
    },
    async done(step) {
      await report(step, { outcome: 'done', evidence: evidenceOf(step, server.clock.now()) });
      // No two runs begin at the same instant.
      server.clock.advance(1);
    },
    fail: (step, outcome, error) => report(step, { outcome, evidence: {}, error: { code: 'PREFLIGHT_REFUSED', message: error } }),
    async work(until) {
      const names: string[] = [];
      // Two passes of the server, because one of its steps may follow another.
      for (let step = await cluster.poll(); ; step = await cluster.poll()) {
        step ??= await cluster.poll();
        step ??= await cluster.poll();
        if (!step) return names;
        await cluster.done(step);
        names.push(step.name);
        if (step.name === until) return names;
      }
    },
  };
  return cluster;
}

async function polled(server: TestServer, token: string, agentId: string) {
  return (await server.call(pollStep, token, { body: { agentId } })).output.step;
}

async function view(server: TestServer, name: string) {
  const { output } = await server.call(getCluster, server.ownerToken, { headers: {}, params: {}, query: { cluster: name } });
  return output;
}

/** What an agent reports when a step went well. */
function evidenceOf(step: Step, now: number): object {
  const at = new Date(now).toISOString();
  if (step.name === 'rollback') return { arrangement: 'identity', at };
  if (step.name !== 'prove') return { at };
  return {
    level: 'disk',
    passed: true,
    keyId: step.parameters.keyId,
    revision: 7,
    resources: {},
    compactedRevision: 7,
    disk: { files: 3 },
    at,
  };
}
