import { updateClusterKeyState } from '../../../contract/clusters/key-state.ts';
import { RootwardError } from '../../../contract/errors.ts';
import type { KeyVerdict } from '../../../contract/views/cluster-texts.ts';
import { findActiveActivation } from '../../../store/clusters/activations.ts';
import { type ClusterRow, listLiveClusters } from '../../../store/clusters/clusters.ts';
import { listRootKeysInUse } from '../../../store/clusters/root-key-history.ts';
import { findOpenRun, type RunRow } from '../../../store/clusters/runs.ts';
import { listPendingEvents } from '../../../store/kms/lifecycle-events.ts';
import { clusterCrn, clusterServicePrincipal } from '../cluster-identity.ts';
import type { ClusterDeps } from '../deps.ts';
import { type RootKeyRef, runParameters, runPosition } from '../enabling/run-parameters.ts';
import { isOfNow, restoreEpoch } from '../enabling/steps/activation.ts';
import { registerCluster } from '../enabling/steps/registration.ts';
import { hasWritten } from '../enabling/steps/steps.ts';
import { acknowledgeIfDone } from './acknowledge.ts';
import { type KeyLook, lookAtKey } from './look-at-key.ts';
import { worse } from './verdict-effects.ts';

/** Says that the outbox of the key service is worth a look. */
export interface LifecycleEvents {
  onEvent(listener: () => void): void;
}

export interface KeyWatch {
  start(): void;
  /** One look at every cluster; tests and drills call it directly. */
  pass(): Promise<void>;
  stop(): Promise<void>;
}

const EVENTS_AT_ONCE = 100;

/** Keeps every cluster true to its root key: at once after an event, and by polling, should an event be lost. */
export function createKeyWatch(deps: ClusterDeps, events: LifecycleEvents, pollMs: number): KeyWatch {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  async function pass(): Promise<void> {
    for (const cluster of await listLiveClusters(deps.store.db)) {
      try {
        // Each cluster's own: what one of them cannot follow holds no other one back.
        const pending = await listPendingEvents(deps.store.db, clusterCrn(cluster), EVENTS_AT_ONCE);
        const mine = pending.map(({ event }) => event);
        await followKey(deps, cluster, mine.at(-1)?.correlation_id);
        for (const event of mine) await acknowledgeIfDone(deps, cluster.id, event);
      } catch (error) {
        const reason = error instanceof RootwardError ? error.message : 'Something went wrong inside the server.';
        deps.log.warn({ clusterId: cluster.id, error: reason }, 'the root key of a cluster could not be followed');
      }
    }
  }

  async function passes(): Promise<void> {
    do {
      again = false;
      try {
        await pass();
      } catch {
        // The store could not be read. That says nothing about any key, and the next pass tries again.
        deps.log.warn({}, 'root keys could not be looked at');
      }
    } while (again && !stopped);
  }

  const wake = (): void => {
    if (stopped) return;
    again = true;
    running ??= passes().finally(() => {
      running = undefined;
    });
  };

  return {
    start() {
      events.onEvent(wake);
      deps.store.onChange('iam', wake);
      timer = setInterval(wake, pollMs);
      timer.unref();
      wake();
    },
    pass,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** Looks at the root keys that a cluster depends on and lets it follow what has changed. */
async function followKey(deps: ClusterDeps, cluster: ClusterRow, correlationId: string | undefined): Promise<void> {
  if (cluster.desired_state === 'removed') return;
  const run = await findOpenRun(deps.store.db, cluster.id);
  const current = currentKey(cluster, run);
  if (!current) return;
  const look = await lookSafely(deps, cluster, current);
  const verdict = await verdictWithOthers(deps, cluster, run, current, look.verdict);
  if (verdict !== cluster.key_verdict || (await isNewVersion(deps, cluster, run, look))) {
    const version = look.currentVersionId === undefined ? {} : { keyVersionId: look.currentVersionId };
    const body = { cluster: cluster.id, verdict, ...version };
    await deps.invoke(updateClusterKeyState, clusterServicePrincipal(cluster), { body }, correlationId);
  }
  // A forced delete takes the registration away; after a restore the cluster registers again.
  if (verdict === 'usable' && !run) await registerCluster(deps, cluster, current, correlationId ?? deps.newId());
}

/** The key that the cluster's Secrets are sealed by; undefined as long as none is. A key that stayed after a failed run counts. */
function currentKey(cluster: ClusterRow, run: RunRow | undefined): RootKeyRef | undefined {
  const { kms_instance_id: instanceId, kms_key_id: keyId } = cluster;
  if (instanceId === null || keyId === null) return undefined;
  const sealed = cluster.kms_enabled === 1 || !run || runParameters(run).kept || hasWritten(runPosition(run));
  return sealed ? { instanceId, keyId } : undefined;
}

/** A failure of looking is no verdict about the key. */
async function lookSafely(deps: ClusterDeps, cluster: ClusterRow, key: RootKeyRef): Promise<KeyLook> {
  try {
    return await lookAtKey(deps, cluster, key);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    deps.log.warn({ clusterId: cluster.id, keyId: key.keyId, error: reason }, 'a root key could not be looked at');
    return { verdict: 'unreachable', currentVersionId: undefined };
  }
}

/** While Secrets are being moved, some are still sealed by the key that the cluster leaves. */
async function verdictWithOthers(
  deps: ClusterDeps,
  cluster: ClusterRow,
  run: RunRow | undefined,
  current: RootKeyRef,
  verdict: KeyVerdict,
): Promise<KeyVerdict> {
  // A key that is registered only, or being withdrawn, seals nothing yet.
  if (run && !runParameters(run).kept && !hasWritten(runPosition(run))) return verdict;
  let worst = verdict;
  for (const key of await listRootKeysInUse(deps.store.db, cluster.id)) {
    if (key.keyId !== current.keyId) worst = worse(worst, (await lookSafely(deps, cluster, key)).verdict);
  }
  return worst;
}

async function isNewVersion(deps: ClusterDeps, cluster: ClusterRow, run: RunRow | undefined, look: KeyLook): Promise<boolean> {
  if (run || look.verdict !== 'usable' || look.currentVersionId === undefined) return false;
  if (cluster.kms_enabled === 0 || cluster.master_state !== 'deployed') return false;
  const active = await findActiveActivation(deps.store.db, cluster.id);
  if (active?.key_id !== cluster.kms_key_id) return false;
  return active.key_version_id !== look.currentVersionId || !isOfNow(active, await restoreEpoch(deps.store.db));
}
