import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../client/client.ts';
import type { Cluster } from '../../contract/clusters/cluster.ts';
import { deleteCluster } from '../../contract/clusters/delete.ts';
import { getCluster } from '../../contract/clusters/get.ts';
import { listClusters } from '../../contract/clusters/list.ts';
import { CLUSTER_PAGE } from '../../contract/views/cluster-columns.ts';
import type { Io } from '../io.ts';
import { renderPage } from '../output/table.ts';
import type { DemoFormat } from './reporter.ts';

const DEMO_NAME = /^demo-[0-9a-f]{6}$/;

const START_MS = 60_000;
const POLL_MS = 500;

/** A cluster that an earlier walk has sealed. One that it left half-way does not count. */
export async function findEarlierDemo(client: Client): Promise<Cluster | undefined> {
  return (await demoClusters(client)).find(isSealed);
}

/** Gives a control plane that has just been started with its server the time to answer; then the cluster as it is. */
export async function whenStarted(client: Client, found: Cluster, io: Pick<Io, 'now'>, signal: AbortSignal): Promise<Cluster> {
  const deadline = io.now() + START_MS;
  let cluster = found;
  while (cluster.masterHealth === 'unavailable' && io.now() < deadline) {
    await sleep(POLL_MS, undefined, { signal });
    cluster = await client.call(getCluster, { query: { cluster: found.id } });
  }
  return cluster;
}

/** Deletes the clusters of walks that were interrupted before anything was sealed. */
export async function removeUnfinished(client: Client, io: Pick<Io, 'err'>): Promise<void> {
  for (const { id, name } of (await demoClusters(client)).filter((cluster) => !isSealed(cluster))) {
    io.err(`Removing ${name}, which an interrupted demo has left.\n`);
    await client.call(deleteCluster, { params: { idOrName: id } });
  }
}

async function demoClusters(client: Client): Promise<Cluster[]> {
  return (await client.call(listClusters, {})).filter(({ name }) => DEMO_NAME.test(name));
}

const isSealed = ({ keyManagementService: { enabled, proof } }: Cluster) => enabled && proof !== undefined;

/** A second start shows what the first has built, instead of building it again. */
export function showEarlierDemo(cluster: Cluster, io: Pick<Io, 'out' | 'err'>, format: DemoFormat): void {
  const page = renderPage(CLUSTER_PAGE.map(({ title, value }) => [title, value(cluster)])).trimEnd();
  if (format === 'json') {
    io.out(`${JSON.stringify({ step: 'earlier-cluster', ok: true, detail: page })}\n`);
  } else {
    io.out(`\nThe cluster of the last demo is still here:\n\n${page}\n\n`);
  }
  io.err('`--fresh` walks the whole demo again on a new cluster.\n');
}
