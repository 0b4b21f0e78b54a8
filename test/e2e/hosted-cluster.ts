/** A hosted cluster of a running server, by the public API only. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Cluster } from '../../src/contract/clusters/cluster.ts';
import { type ProcessRole, readRecords } from '../../src/controlplane/processes/process-record.ts';
import type { Answer } from '../process/api.ts';
import type { HostedServer } from './hosted-server.ts';
import { type KubeCaller, kubeCaller } from './kube-caller.ts';
import { until } from './until.ts';

export interface HostedCluster {
  readonly id: string;
  readonly name: string;
  readonly directory: string;
  readonly kube: KubeCaller;
  view(): Promise<Cluster>;
  /** Waits for a view, also through a restart of the server. */
  becomes(what: string, condition: (view: Cluster) => boolean, timeoutMs?: number): Promise<Cluster>;
  /** Waits until the run is over and all is well. */
  settles(timeoutMs?: number): Promise<Cluster>;
  enable(instance: string, key: string, more?: object): Promise<Answer>;
  kubeconfig(): Promise<Answer>;
  /** Process numbers that are on record now, by role. */
  pids(): Readonly<Partial<Record<ProcessRole, number>>>;
  /** Throws if none is on record: a made-up number would be somebody else's. */
  pid(role: ProcessRole): number;
}

/** Asks for a cluster; it is still deploying. */
export async function addCluster(server: HostedServer, name = `c-${randomBytes(3).toString('hex')}`): Promise<string> {
  const made = await server.owner.send('POST', '/v1/clusters', { name });
  if (made.status !== 201) throw new Error(`no cluster: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body.id;
}

/** Makes a cluster and waits until it serves. */
export async function startCluster(server: HostedServer, name?: string): Promise<HostedCluster> {
  const id = await addCluster(server, name);
  const { owner } = server;
  const view = async (): Promise<Cluster> => {
    const answer = await owner.send('GET', `/v2/getCluster?cluster=${id}`);
    if (answer.status !== 200) throw new Error(`no view: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as unknown as Cluster;
  };
  const becomes: HostedCluster['becomes'] = (what, condition, timeoutMs = 150_000) => {
    let last: unknown;
    const look = async () => {
      try {
        const seen = await view();
        last = shortOf(seen);
        return condition(seen) && seen;
      } catch (error) {
        // A server that is being started again.
        last = String(error);
        return undefined;
      }
    };
    return until(`${name ?? id}: ${what}`, look, { timeoutMs, seen: () => last });
  };
  const kubeconfig = () => owner.send('GET', `/v1/clusters/${id}/config/admin`);
  const directory = join(server.dataDir, 'clusters', id);
  const pids = () => Object.fromEntries(readRecords(directory).flatMap(({ role, process: of }) => (of ? [[role, of.pid]] : [])));
  const ready = await becomes('serves', (seen) => seen.state === 'normal', 180_000);
  const kube = kubeCaller((await kubeconfig()).body.kubeconfig);
  return {
    id,
    name: ready.name,
    directory,
    kube,
    view,
    becomes,
    settles: (timeoutMs) =>
      becomes(
        'is proven and Ready',
        ({ lifecycle, keyManagementService: { enabled, run } }) =>
          enabled && lifecycle.masterStatus === 'Ready' && run?.state === 'done',
        timeoutMs,
      ),
    enable: (instance, key, more = {}) =>
      owner.send('POST', '/v2/enableKMS', { cluster: id, instance_id: instance, crk_id: key, ...more }),
    kubeconfig,
    pids,
    pid(role) {
      const pid = (pids() as Partial<Record<ProcessRole, number>>)[role];
      if (pid === undefined) throw new Error(`no ${role} of ${id} is on record`);
      return pid;
    },
  };
}

function shortOf({ state, status, lifecycle, keyManagementService: kms }: Cluster) {
  const { run, activation } = kms;
  return { state, status, master: lifecycle.masterStatus, key: kms.rootKeyID, activation: activation?.number, run };
}
