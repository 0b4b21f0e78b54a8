import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RUN_KINDS, type RunKind, type StepName } from '../../src/contract/enabling/steps.ts';
import type { ProcessRole } from '../../src/controlplane/processes/process-record.ts';
import { PATHS, STEPS } from '../../src/server/clusters/enabling/steps/steps.ts';
import { loadConfig } from '../../src/server/config.ts';
import { verifyAudit } from '../../src/server/operate/verify-audit.ts';
import { type HostedCluster, startCluster } from '../e2e/hosted-cluster.ts';
import { type HostedServer, startHostedServer } from '../e2e/hosted-server.ts';
import { type PlantedSecret, plantSecrets } from '../e2e/planted-secrets.ts';
import { rawValues } from '../e2e/raw-etcd.ts';
import { type RootKeys, rootKeys } from '../e2e/root-keys.ts';
import { authorize } from '../e2e/service-authorizations.ts';
import { until } from '../e2e/until.ts';
import { addInstance, addRootKey } from '../process/api.ts';
import { type Failpoints, makeFailpoints, stands } from '../reliability/kill-places.ts';
import { expectProven } from '../reliability/proven-state.ts';

const VICTIMS: readonly ('server' | ProcessRole)[] = ['server', 'cluster-agent', 'kms-plugin', 'kube-apiserver', 'etcd'];
/** Begun, and done but not on record yet; a server's step is on record when it is done. */
const MOMENTS = ['before', 'after'] as const;

// The owner of the step is held at an exact place by SIGSTOP, so that every process can be killed at every step.
describe.each(VICTIMS)('%s', (victim) => {
  let failpoints: Failpoints;
  let server: HostedServer;
  let cluster: HostedCluster;
  let keys: RootKeys;
  let key: string;
  let planted: PlantedSecret[];
  let activation = 0;

  beforeAll(async () => {
    failpoints = makeFailpoints();
    server = await startHostedServer({ ROOTWARD_FAILPOINTS: failpoints.directory });
    keys = rootKeys(server.owner, await addInstance(server.owner, server.resourceGroupId));
    await authorize(server);
    key = await addRootKey(server.owner, keys.instance);
    cluster = await startCluster(server, 'matrix');
    planted = await plantSecrets(cluster.kube, 'matrix', 10);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    rmSync(failpoints.directory, { recursive: true });
  });

  const START: Readonly<Record<RunKind, () => Promise<unknown>>> = {
    enable: () => cluster.enable(keys.instance, key),
    rotate: () => keys.act(key, 'rotate'),
    rekey: async () => {
      key = await addRootKey(server.owner, keys.instance);
      return cluster.enable(keys.instance, key);
    },
    reenable: () => cluster.enable(keys.instance, key),
  };

  async function serves(): Promise<boolean> {
    if ((await cluster.kube.send('GET', '/readyz')).status !== 200) return false;
    const values = await rawValues(cluster.directory).catch(() => undefined);
    return values !== undefined;
  }

  /** SIGKILL to the victim while the owner of the step is held. False if there is no such process yet. */
  async function killVictim(owner: 'server' | 'cluster-agent'): Promise<boolean> {
    const held = owner === 'server' ? server.pid : cluster.pid('cluster-agent');
    await stands(held);
    if (victim === 'server') {
      await server.kill();
      await server.start();
      if (owner !== 'server') process.kill(held, 'SIGCONT');
      return true;
    }
    const pid = cluster.pids()[victim];
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    if (victim !== owner) process.kill(held, 'SIGCONT');
    return pid !== undefined;
  }

  for (const kind of RUN_KINDS) {
    it(`${kind}: begins`, async () => {
      failpoints.arm(placesOfRun(kind), 'SIGSTOP');
      if (kind !== 'reenable') activation += 1;
      // The server is stopped at its first step, perhaps before it has replied.
      void START[kind]().catch(() => undefined);
    });
    for (const step of PATHS[kind]) {
      it(`${kind}: its death ${MOMENTS.join(' and ')} ${step}`, async (context) => {
        let deaths = 0;
        for (const moment of MOMENTS) {
          await failpoints.hit(`${step}.${moment}`, 180_000);
          if (await killVictim(STEPS[step].executor === 'server' ? 'server' : 'cluster-agent')) deaths += 1;
        }
        // The plugin is not there before its first activation.
        if (deaths === 0) context.skip();
      });
    }
    it(`${kind}: ends in the same proven state`, async () => {
      const runs = 1;
      await cluster.settles(300_000);
      // The last death was after the last step, so the victim may still be on its way back.
      await until('the cluster serves', serves);
      await expectProven(server, cluster, planted, { instance: keys.instance, key, kind, runs, activation });
    });
  }

  it('the audit chain verifies', async () => {
    const report = await verifyAudit(loadConfig({ env: {}, flags: { dataDir: server.dataDir, dev: true } }));
    expect(report.ok).toBe(true);
  });
});

function placesOfRun(kind: RunKind): string[] {
  return PATHS[kind].flatMap((step: StepName) => MOMENTS.map((moment) => `${step}.${moment}`));
}
