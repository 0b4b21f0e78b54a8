import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RUN_KINDS, type RunKind, type StepName } from '../../src/contract/enabling/steps.ts';
import { PATHS, STEPS } from '../../src/server/clusters/enabling/steps/steps.ts';
import { loadConfig } from '../../src/server/config.ts';
import { verifyAudit } from '../../src/server/operate/verify-audit.ts';
import { type HostedCluster, startCluster } from '../e2e/hosted-cluster.ts';
import { type HostedServer, startHostedServer } from '../e2e/hosted-server.ts';
import { type PlantedSecret, plantSecrets, unreadable } from '../e2e/planted-secrets.ts';
import { rawValues, sealsOf } from '../e2e/raw-etcd.ts';
import { type RootKeys, rootKeys } from '../e2e/root-keys.ts';
import { authorize } from '../e2e/service-authorizations.ts';
import { until } from '../e2e/until.ts';
import { addInstance, addRootKey } from '../process/api.ts';
import { agentOf } from './another-agent.ts';
import { type Failpoints, makeFailpoints, placesOf, stands } from './kill-places.ts';
import { expectProven, rowsOf } from './proven-state.ts';

/** The steps that only a run which is being undone takes. */
const UNDO: readonly StepName[] = ['rollback', 'withdraw'];

/** In the middle of steps that are long, beside what every step has. The number counts signs of progress. */
const AMID: Readonly<Partial<Record<RunKind | 'undo', readonly string[]>>> = {
  undo: ['rollback.progress-2'],
  enable: [
    // The file is written, the apiserver does not use it yet.
    'read-everywhere.progress-2',
    'write.progress-2',
    'finish.progress-2',
    'migrate.progress-3',
    // History is about to be compacted; files of etcd are about to be rewritten.
    'prove.progress-2',
    'prove.progress-5',
  ],
  rotate: ['migrate.progress-3'],
  rekey: ['migrate.progress-3'],
};

/** After so many ends in a row a supervisor waits for seconds; the next server starts to count anew. */
const PATIENT_WITH = 3;

describe('a SIGKILL of the process that owns the step, at every step', () => {
  let failpoints: Failpoints;
  let server: HostedServer;
  let cluster: HostedCluster;
  let keys: RootKeys;
  let first: string;
  let second: string;
  let planted: PlantedSecret[];
  let kills = 0;
  let agentKills = 0;

  beforeAll(async () => {
    failpoints = makeFailpoints();
    server = await startHostedServer({ ROOTWARD_FAILPOINTS: failpoints.directory });
    keys = rootKeys(server.owner, await addInstance(server.owner, server.resourceGroupId));
    await authorize(server);
    first = await addRootKey(server.owner, keys.instance);
    second = await addRootKey(server.owner, keys.instance);
    cluster = await startCluster(server, 'crash');
    planted = await plantSecrets(cluster.kube, 'crash', 10);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    rmSync(failpoints.directory, { recursive: true });
  });

  /** The reply may be lost with the server that was about to send it. */
  async function begin(call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async function nextServer(): Promise<void> {
    await server.start();
    agentKills = 0;
  }

  /** Waits until the owner of the step has died there, and sees to it that somebody goes on. */
  async function surviveDeathAt(place: string, step: StepName): Promise<void> {
    await failpoints.hit(place);
    kills += 1;
    if (STEPS[step].executor === 'server') {
      await server.ended();
      await nextServer();
    } else if (++agentKills >= PATIENT_WITH) {
      await server.kill();
      await nextServer();
    }
  }

  /** In the order in which a run comes to them. */
  function casesOf(kind: RunKind | 'undo'): [step: StepName, places: string[]][] {
    const steps = kind === 'undo' ? UNDO : PATHS[kind];
    return steps.map((step) => {
      const [before = '', ...later] = placesOf(step);
      return [step, [before, ...(AMID[kind] ?? []).filter((place) => place.startsWith(`${step}.`)), ...later]];
    });
  }

  function claimEachStep(kind: RunKind | 'undo'): void {
    for (const [step, places] of casesOf(kind)) {
      const at = places.map((place) => place.slice(step.length + 1)).join(', ');
      it(`${kind}: ${step} goes on after its ${STEPS[step].executor} died: ${at}`, async () => {
        for (const place of places) await surviveDeathAt(place, step);
      });
    }
  }

  const placesAt = (kind: RunKind | 'undo') => casesOf(kind).flatMap(([, places]) => places);

  it('every step of the table is on the way of a run or of its undoing', () => {
    const covered = [...RUN_KINDS.flatMap((kind) => PATHS[kind]), ...UNDO];
    expect([...new Set(covered)].sort()).toEqual(Object.keys(STEPS).sort());
  });

  it('an agent that was stopped while its run was aborted is fenced off, although another one has the next step', async () => {
    failpoints.arm(['read-everywhere.after'], 'SIGSTOP');
    expect((await cluster.enable(keys.instance, first)).status).toBe(201);
    await failpoints.hit('read-everywhere.after');
    const held = cluster.pid('cluster-agent');
    await stands(held);
    failpoints.arm(placesAt('undo'));
    const aborted = await server.owner.send('POST', '/v2/kms/run', { cluster: cluster.id, action: 'abort' });
    expect(aborted.status).toBe(200);

    const another = await agentOf(server, cluster);
    const step = await another.poll();
    expect(step).toMatchObject({ name: 'rollback' });
    process.kill(held, 'SIGCONT');
    const refused = async () =>
      readFileSync(join(cluster.directory, 'cluster-agent-0.log'), 'utf8').includes('report was refused');
    await until('the report of the first agent is refused', refused, { timeoutMs: 20_000 });
    expect((await cluster.view()).keyManagementService.run).toMatchObject({ step: 'rollback', state: 'running' });
    // The step is the cluster's own agent's again.
    await another.giveBack(step);
  });
  claimEachStep('undo');
  it('undo: everything is as it was before', async () => {
    const view = await cluster.becomes('is Ready', ({ lifecycle }) => lifecycle.masterStatus === 'Ready');
    expect(view.keyManagementService).toMatchObject({ enabled: false, run: { kind: 'enable', state: 'aborted' } });
    expect(await keys.registrations(first)).toEqual([]);
    expect(rowsOf(server, `select 1 from activations where cluster_id = ? and status = 'active'`, cluster.id)).toEqual([]);
    expect(sealsOf(await rawValues(cluster.directory))).toEqual(['plaintext']);
    expect(await unreadable(cluster.kube, planted)).toEqual([]);
  });

  it('enable: begins', async () => {
    failpoints.arm(placesAt('enable'));
    await begin(() => cluster.enable(keys.instance, first));
  });
  claimEachStep('enable');
  it('enable: ends in the same proven state as without a death', async () => {
    await expectProven(server, cluster, planted, { instance: keys.instance, key: first, kind: 'enable', runs: 1, activation: 2 });
  });

  it('rotate: begins', async () => {
    failpoints.arm(placesAt('rotate'));
    await begin(() => keys.act(first, 'rotate'));
  });
  claimEachStep('rotate');
  it('rotate: ends in the same proven state as without a death', async () => {
    await expectProven(server, cluster, planted, { instance: keys.instance, key: first, kind: 'rotate', runs: 1, activation: 3 });
  });

  it('rekey: begins', async () => {
    failpoints.arm(placesAt('rekey'));
    await begin(() => cluster.enable(keys.instance, second));
  });
  claimEachStep('rekey');
  it('rekey: ends in the same proven state as without a death; the old key is released and stays refused', async () => {
    await expectProven(server, cluster, planted, { instance: keys.instance, key: second, kind: 'rekey', runs: 1, activation: 4 });
    expect(await keys.registrations(first)).toEqual([]);
    expect((await cluster.enable(keys.instance, first)).body.code).toBe('ROOT_KEY_PREVIOUS');
  });

  it('reenable: begins', async () => {
    failpoints.arm(placesAt('reenable'));
    await begin(() => cluster.enable(keys.instance, second));
  });
  claimEachStep('reenable');
  it('reenable: ends in the same proven state as without a death', async () => {
    await expectProven(server, cluster, planted, {
      instance: keys.instance,
      key: second,
      kind: 'reenable',
      runs: 1,
      activation: 4,
    });
  });

  it('every death took place, and the audit chain verifies', async () => {
    const all = (['undo', ...RUN_KINDS] as const).flatMap(placesAt);
    expect(all.filter((place) => failpoints.isArmed(place))).toEqual([]);
    expect(kills).toBe(all.length);
    const report = await verifyAudit(loadConfig({ env: {}, flags: { dataDir: server.dataDir, dev: true } }));
    expect(report.ok).toBe(true);
  });
});
