import { findActiveActivation } from '../../../../store/clusters/activations.ts';
import { type ClusterRow, findClusterById, updateCluster } from '../../../../store/clusters/clusters.ts';
import { listRootKeysInUse, markRootKeyReplaced } from '../../../../store/clusters/root-key-history.ts';
import { findRun, type RunRow, updateRunAt } from '../../../../store/clusters/runs.ts';
import type { ClusterDeps } from '../../deps.ts';
import { advanced, returnedTo } from '../move-run.ts';
import { type RootKeyRef, runParameters, withParameters } from '../run-parameters.ts';
import { unprovenSince } from './proof.ts';
import { registeredKeys, registerKeyVersion, unregisterCluster } from './registration.ts';
import { masterReady, type ServerStepWork } from './server-step-work.ts';

/** Gives up every other root key of the cluster, once the proof covers all that the run wrote. */
export const RELEASE: ServerStepWork = {
  async before(deps, cluster, run) {
    // What is released cannot be taken back, so it is decided, and on record, before the first registration goes.
    if (!(await decideRelease(deps, cluster, run))) return;
    const parameters = runParameters(run);
    const active = await findActiveActivation(deps.store.db, cluster.id);
    if (active) await registerKeyVersion(deps, cluster, parameters, active.key_version_id, run.correlation_id);
    for (const key of await registeredKeys(deps.store.db, cluster)) {
      if (!isSame(key, parameters)) await unregisterCluster(deps, cluster, key, run.correlation_id);
    }
  },

  async commit(tx, deps, cluster, run) {
    const now = deps.now();
    if (runParameters(run).released !== true) {
      const unproven = (await unprovenSince(tx, cluster, run)) ?? 'the proof has changed meanwhile';
      await updateRunAt(tx, run, returnedTo(run, 'prove', unproven, now));
      return;
    }
    await updateCluster(tx, cluster.id, {
      ...masterReady(now),
      kms_enabled: 1,
      key_verdict: cluster.key_verdict ?? 'usable',
    });
    await updateRunAt(tx, run, { ...advanced(run, {}, now), state: 'done', finished_at: now });
  },
};

/** False where the proof is not good enough, or the run does not stand there any more. */
async function decideRelease(deps: ClusterDeps, { id }: ClusterRow, seen: RunRow): Promise<boolean> {
  return await deps.store.change([], async (tx) => {
    const [cluster, run] = [await findClusterById(tx, id), await findRun(tx, seen.id)];
    if (!cluster || run?.state !== 'running' || run.step !== seen.step || run.fence !== seen.fence) return false;
    const parameters = runParameters(run);
    if (parameters.released) return true;
    if (await unprovenSince(tx, cluster, run)) return false;
    for (const key of await listRootKeysInUse(tx, id)) {
      if (!isSame(key, parameters)) await markRootKeyReplaced(tx, key, deps.now());
    }
    await updateRunAt(tx, run, { parameters: withParameters(run, { released: true }) });
    return true;
  });
}

function isSame(one: RootKeyRef, other: RootKeyRef): boolean {
  return one.instanceId === other.instanceId && one.keyId === other.keyId;
}
