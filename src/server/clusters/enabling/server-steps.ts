import type { ServerStep } from '../../../contract/enabling/steps.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import { MASTER_STATUS } from '../../../contract/views/cluster-texts.ts';
import { findActiveActivation, retireActivations } from '../../../store/activations.ts';
import { type ClusterRow, updateCluster } from '../../../store/clusters.ts';
import { findKey, type KeyRow } from '../../../store/keys.ts';
import { forgetUnusedRootKey, markRootKeyReplaced, rememberRootKey } from '../../../store/root-key-history.ts';
import { type RunRow, updateRunAt } from '../../../store/runs.ts';
import type { Db, Tx } from '../../../store/store.ts';
import type { ClusterDeps } from '../deps.ts';
import { activateKey } from './activation.ts';
import { advanced, returnedTo } from './move-run.ts';
import { unprovenSince } from './proof.ts';
import { registerCluster, registerKeyVersion, unregisterCluster } from './registration.ts';
import { type RootKeyRef, runParameters } from './run-parameters.ts';

/**
 * One step of the server. `before` calls other features and may be repeated; `commit` runs in the transaction that also moves
 * the run, so a crash leaves the step either done or not begun.
 */
export interface ServerStepWork {
  before?(deps: ClusterDeps, cluster: ClusterRow, run: RunRow): Promise<void>;
  commit(tx: Tx, deps: ClusterDeps, cluster: ClusterRow, run: RunRow): Promise<void>;
}

export const SERVER_STEP_WORK: Readonly<Record<ServerStep, ServerStepWork>> = {
  register: {
    async before(deps, cluster, run) {
      await registerCluster(deps, cluster, runParameters(run), run.correlation_id);
    },
    async commit(tx, deps, cluster, run) {
      const now = deps.now();
      await rememberRootKey(tx, keyOfCluster(cluster, runParameters(run)), now);
      await updateRunAt(tx, run, advanced(run, {}, now));
    },
  },

  activate: {
    async commit(tx, deps, cluster, run) {
      const now = deps.now();
      const parameters = runParameters(run);
      await activateKey(tx, deps, cluster.id, await activeKey(tx, parameters, now), now);
      await updateCluster(tx, cluster.id, {
        plugin_wanted: 1,
        kms_service: parameters.service,
        kms_instance_id: parameters.instanceId,
        kms_key_id: parameters.keyId,
        kms_account_id: parameters.accountId,
        kms_private_endpoint: parameters.privateEndpoint ? 1 : 0,
      });
      await updateRunAt(tx, run, advanced(run, {}, now));
    },
  },

  release: {
    async before(deps, cluster, run) {
      if (await unprovenSince(deps.store.db, cluster, run)) return;
      const parameters = runParameters(run);
      const active = await findActiveActivation(deps.store.db, cluster.id);
      if (active) await registerKeyVersion(deps, cluster, parameters, active.key_version_id, run.correlation_id);
      if (parameters.previous) await unregisterCluster(deps, cluster, parameters.previous, run.correlation_id);
    },
    async commit(tx, deps, cluster, run) {
      const now = deps.now();
      const unproven = await unprovenSince(tx, cluster, run);
      if (unproven) {
        // What is released cannot be taken back, so an old proof is not good enough.
        await updateRunAt(tx, run, returnedTo(run, 'prove', unproven, now));
        return;
      }
      const { previous } = runParameters(run);
      if (previous) await markRootKeyReplaced(tx, keyOfCluster(cluster, previous), now);
      await updateCluster(tx, cluster.id, {
        ...ready(now),
        kms_enabled: 1,
        key_verdict: cluster.key_verdict ?? 'usable',
      });
      await updateRunAt(tx, run, { ...advanced(run, {}, now), state: 'done', finished_at: now });
    },
  },

  withdraw: {
    async before(deps, cluster, run) {
      const parameters = runParameters(run);
      if (keepsKey(cluster, run)) return;
      await unregisterCluster(deps, cluster, parameters, run.correlation_id);
    },
    async commit(tx, deps, cluster, run) {
      const now = deps.now();
      const parameters = runParameters(run);
      if (!keepsKey(cluster, run)) await forgetUnusedRootKey(tx, keyOfCluster(cluster, parameters));
      if (run.kind === 'enable') {
        await retireActivations(tx, cluster.id);
        await updateCluster(tx, cluster.id, { ...withoutKey, key_verdict: null });
      }
      await updateCluster(tx, cluster.id, ready(now));
      await updateRunAt(tx, run, {
        ...advanced(run, {}, now),
        state: parameters.ending ?? 'failed',
        finished_at: now,
      });
    },
  },
};

const withoutKey = {
  plugin_wanted: 0,
  kms_service: null,
  kms_instance_id: null,
  kms_key_id: null,
  kms_account_id: null,
  kms_private_endpoint: 0,
} as const;

function ready(now: number) {
  return { master_status: MASTER_STATUS.ready, master_status_at: now, master_state: 'deployed' } as const;
}

/** A run about the key that the cluster has anyway takes nothing from it when it is undone. */
function keepsKey(cluster: ClusterRow, run: RunRow): boolean {
  if (run.kind === 'enable') return false;
  const { instanceId, keyId } = runParameters(run);
  return cluster.kms_instance_id === instanceId && cluster.kms_key_id === keyId;
}

function keyOfCluster(cluster: ClusterRow, key: RootKeyRef) {
  return { clusterId: cluster.id, instanceId: key.instanceId, keyId: key.keyId };
}

/** Throws ROOT_KEY_UNUSABLE unless the key is Active at this moment. */
export async function activeKey(db: Db, ref: RootKeyRef, now: number): Promise<KeyRow> {
  const key = await findKey(db, ref.instanceId, ref.keyId);
  if (key && effectiveState(key, now) === KEY_STATE.active) return key;
  throw new RootwardError('ROOT_KEY_UNUSABLE', {
    message: `The root key ${ref.keyId} is not Active any more, so nothing can be sealed by it.`,
    hint: 'Enable or restore the root key, or choose another one.',
  });
}
