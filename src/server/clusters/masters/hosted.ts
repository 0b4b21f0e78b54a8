import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RootwardError } from '../../../contract/errors.ts';
import { CONTROL_PLANE_LOST_TEXT, MASTER_STATUS } from '../../../contract/views/cluster-texts.ts';
import { type ClusterRow, findClusterById, listLiveClusters, updateCluster } from '../../../store/clusters/clusters.ts';
import type { DesiredControlPlane, PkiBundle } from '../control-plane-port.ts';
import type { ClusterDeps } from '../deps.ts';
import { openCredentials, openPki, sealPki } from './cluster-secrets.ts';
import { agentCompanion, type CompanionSettings, pluginCompanion } from './companions.ts';
import { removeCluster } from './remove-cluster.ts';

export interface HostedSettings extends CompanionSettings {
  /** DATA/clusters */
  readonly clustersDirectory: string;
  /** How long apiservers may take until they are ready. */
  readonly readyTimeoutMs: number;
}

/** Brings every hosted control plane to what the rows of its cluster say. */
export interface HostedMasters {
  /** From then on every commit and every few seconds are a reason to look. */
  start(): void;
  /** Works on every cluster once and waits for the end of it. */
  pass(): Promise<void>;
  /** Ends the looking; what runs, runs on. */
  stop(): Promise<void>;
}

const LOOK_MS = 5000;
const READY_LOOK_MS = 100;

export function createHostedMasters(deps: ClusterDeps, settings: HostedSettings): HostedMasters {
  /** What was applied last, by cluster: an unchanged wish is not repeated. */
  const applied = new Map<string, string>();
  /** Which master refresh of a cluster its apiservers were stopped for, by when it was asked for. */
  const refreshed = new Map<string, number>();
  const busy = new Map<string, Promise<void>>();
  const dirty = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function look(): Promise<void> {
    for (const cluster of await listLiveClusters(deps.store.db)) if (cluster.control_plane === 'hosted') work(cluster.id);
  }

  /** One worker per cluster: a slow control plane keeps no other one waiting. */
  function work(clusterId: string): void {
    dirty.add(clusterId);
    if (busy.has(clusterId) || stopped) return;
    const done = worker(clusterId).finally(() => busy.delete(clusterId));
    busy.set(clusterId, done);
  }

  async function worker(clusterId: string): Promise<void> {
    while (dirty.delete(clusterId) && !stopped) {
      try {
        const cluster = await findClusterById(deps.store.db, clusterId);
        if (cluster) await reconcile(cluster);
      } catch (error) {
        applied.delete(clusterId);
        const reason = error instanceof RootwardError ? error.message : messageOf(error);
        deps.log.warn({ clusterId, error: reason }, 'a control plane is not as it should be');
      }
    }
  }

  async function reconcile(cluster: ClusterRow): Promise<void> {
    const directory = join(settings.clustersDirectory, cluster.id);
    const pki = await pkiOf(deps, cluster);
    const bare = { clusterId: cluster.id, clusterName: cluster.name, directory, pki, plugin: null, agent: null } as const;
    if (cluster.desired_state === 'removed') {
      await deps.controlPlane.apply({ ...bare, state: 'removed' });
      await removeCluster(deps, cluster);
      applied.delete(cluster.id);
      return;
    }
    const isThere = deps.controlPlane.places(directory) !== undefined;
    // What was there once is never begun anew with an empty etcd: that would hide the loss of everything that was in it.
    const isLost = !isThere && cluster.master_state !== 'deploying';
    await showLoss(deps, cluster, isLost);
    if (isLost) return;
    // The first wish makes the directories into which the companions' files go.
    if (!isThere) await deps.controlPlane.apply({ ...bare, state: cluster.desired_state });
    const wanted = { ...bare, state: cluster.desired_state, ...companionsOf(cluster, directory) };
    const refreshes = cluster.master_status === MASTER_STATUS.refreshing && cluster.desired_state === 'running';
    if (refreshes && refreshed.get(cluster.id) !== cluster.master_status_at) {
      await deps.controlPlane.apply({ ...wanted, state: 'suspended' });
      refreshed.set(cluster.id, cluster.master_status_at);
      applied.delete(cluster.id);
    }
    const print = fingerprint(wanted);
    if (applied.get(cluster.id) !== print) await deps.controlPlane.apply(wanted);
    applied.set(cluster.id, print);
    const awaited = refreshes || cluster.master_state === 'deploying';
    if (awaited && cluster.desired_state === 'running' && (await becomesReady(cluster.id))) await markReady(deps, cluster);
  }

  /** False as soon as there is something else to do, and when the time is over. */
  async function becomesReady(clusterId: string): Promise<boolean> {
    for (let left = settings.readyTimeoutMs; left > 0; left -= READY_LOOK_MS) {
      if (deps.controlPlane.status(clusterId).state === 'ready') return true;
      if (stopped || dirty.has(clusterId)) return false;
      await sleep(READY_LOOK_MS);
    }
    const { problem } = deps.controlPlane.status(clusterId);
    deps.log.warn({ clusterId, problem }, 'a control plane does not become ready');
    return false;
  }

  function companionsOf(cluster: ClusterRow, directory: string): Pick<DesiredControlPlane, 'plugin' | 'agent'> {
    const places = deps.controlPlane.places(directory);
    if (!places || cluster.sealed_credentials === null) return { plugin: null, agent: null };
    const credentials = openCredentials(deps.barrier, cluster, cluster.sealed_credentials);
    const place = { directory, places };
    return {
      plugin: cluster.plugin_wanted === 1 ? pluginCompanion(settings, cluster, place, credentials) : null,
      agent: agentCompanion(settings, cluster, place, credentials),
    };
  }

  function lookSafely(): void {
    look().catch((error: unknown) => {
      deps.log.warn({ error: messageOf(error) }, 'hosted control planes could not be looked at');
    });
  }

  return {
    start() {
      deps.store.onChange('clusters', lookSafely);
      timer = setInterval(lookSafely, LOOK_MS);
      timer.unref();
      lookSafely();
    },
    async pass() {
      await look();
      await Promise.all(busy.values());
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.all(busy.values());
    },
  };
}

/** The cluster's own keys: made when it is first looked at, and kept sealed. */
async function pkiOf(deps: ClusterDeps, cluster: ClusterRow): Promise<PkiBundle> {
  const known = cluster.sealed_pki === null ? undefined : openPki(deps.barrier, cluster, cluster.sealed_pki);
  const pki = known ? await deps.controlPlane.renewPki(known) : await deps.controlPlane.createPki();
  if (pki === known) return pki;
  await deps.store.change([], (tx) => updateCluster(tx, cluster.id, { sealed_pki: sealPki(deps.barrier, cluster, pki) }));
  return pki;
}

/** Shows that a new or refreshed control plane serves. Whatever else changed meanwhile stays. */
async function markReady(deps: ClusterDeps, seen: ClusterRow): Promise<void> {
  await deps.store.change(['clusters'], async (tx) => {
    const cluster = await findClusterById(tx, seen.id);
    if (cluster?.desired_state !== 'running' || cluster.master_status !== seen.master_status) return;
    const master = { master_status: MASTER_STATUS.ready, master_status_at: deps.now(), master_state: 'deployed' };
    await updateCluster(tx, cluster.id, cluster.state === 'deploying' ? { ...master, state: 'normal' } : master);
  });
}

/** Says that a cluster's data is missing for as long as it is. */
async function showLoss(deps: ClusterDeps, seen: ClusterRow, isLost: boolean): Promise<void> {
  if ((seen.status_text === CONTROL_PLANE_LOST_TEXT) === isLost) return;
  await deps.store.change(['clusters'], async (tx) => {
    const cluster = await findClusterById(tx, seen.id);
    if (!cluster || (cluster.status_text === CONTROL_PLANE_LOST_TEXT) === isLost) return;
    const shown = isLost ? { state: 'critical', status_text: CONTROL_PLANE_LOST_TEXT } : { state: 'normal', status_text: '' };
    // What the root key has to say comes with the next look at it.
    await updateCluster(tx, cluster.id, isLost ? shown : { ...shown, key_verdict: null });
  });
}

/** The private keys stay out of it: they change only together with a restart of everything. */
function fingerprint({ pki: _pki, ...wanted }: DesiredControlPlane): string {
  return JSON.stringify(wanted);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
