import { retireActivations } from '../../../../store/clusters/activations.ts';
import { type ClusterRow, updateCluster } from '../../../../store/clusters/clusters.ts';
import { forgetUnusedRootKey, listRootKeysInUse } from '../../../../store/clusters/root-key-history.ts';
import { type RunRow, updateRunAt } from '../../../../store/clusters/runs.ts';
import type { Db } from '../../../../store/store.ts';
import { advanced } from '../move-run.ts';
import { type RootKeyRef, runEvidence, runParameters } from '../run-parameters.ts';
import { registeredKeys, unregisterCluster } from './registration.ts';
import { keyOfCluster, masterReady, type ServerStepWork } from './server-step-work.ts';
import { STEPS } from './steps.ts';

/** Takes back what the run gave the cluster, as far as nothing in etcd can depend on it, and ends the run. */
export const WITHDRAW: ServerStepWork = {
  async before(deps, cluster, run) {
    for (const key of await keysToGo(deps.store.db, cluster, run)) {
      await unregisterCluster(deps, cluster, key, run.correlation_id);
    }
  },

  async commit(tx, deps, cluster, run) {
    const now = deps.now();
    const extent = extentOf(cluster, run);
    const { instanceId, keyId } = runParameters(run);
    if (extent === 'key' || extent === 'everything') {
      await forgetUnusedRootKey(tx, keyOfCluster(cluster, { instanceId, keyId }));
    }
    if (extent === 'everything') {
      for (const key of await listRootKeysInUse(tx, cluster.id)) await forgetUnusedRootKey(tx, key);
      await retireActivations(tx, cluster.id);
      await updateCluster(tx, cluster.id, { ...withoutKey, key_verdict: null });
    }
    await updateCluster(tx, cluster.id, masterReady(now));
    await updateRunAt(tx, run, {
      ...advanced(run, {}, now),
      ...(extent === 'sealed'
        ? { state: 'failed', error: `${run.error ?? ''} ${STILL_SEALED}`.trim() }
        : { state: runParameters(run).ending ?? 'failed' }),
      finished_at: now,
    });
  },
};

const STILL_SEALED =
  'Objects in etcd are sealed by the root key, so the KMS plugin, the activation and the registration stay. Enable the cluster again to seal the rest.';

const withoutKey = {
  plugin_wanted: 0,
  kms_service: null,
  kms_instance_id: null,
  kms_key_id: null,
  kms_account_id: null,
  kms_private_endpoint: 0,
} as const;

/**
 * `sealed`: something in etcd may need the key, so nothing is taken. `key`: the registration with the run's key. `nothing`: the
 * run was about the key that the cluster has anyway. `everything`: the cluster is as if it had never had a key.
 */
type Extent = 'sealed' | 'key' | 'nothing' | 'everything';

function extentOf(cluster: ClusterRow, run: RunRow): Extent {
  const { instanceId, keyId, written, kept } = runParameters(run);
  const touched = wasTouched(run);
  if (written || (touched && arrangementAfterRollback(run) !== 'identity')) return 'sealed';
  if (run.kind === 'enable' && (touched || !kept)) return 'everything';
  return cluster.kms_instance_id === instanceId && cluster.kms_key_id === keyId ? 'nothing' : 'key';
}

async function keysToGo(db: Db, cluster: ClusterRow, run: RunRow): Promise<RootKeyRef[]> {
  const extent = extentOf(cluster, run);
  if (extent === 'sealed' || extent === 'nothing') return [];
  const { instanceId, keyId } = runParameters(run);
  const others = extent === 'everything' ? await registeredKeys(db, cluster) : [];
  return [...others.filter((key) => key.keyId !== keyId), { instanceId, keyId }];
}

/** Did the run change, or begin to change, the configuration of an apiserver? */
function wasTouched(run: RunRow): boolean {
  return Object.keys(runEvidence(run)).some(
    (step) => step === 'rollback' || STEPS[step as keyof typeof STEPS].touchesControlPlane,
  );
}

/** What the agent says it has put back: only `identity` means that nothing in etcd needs the key. */
function arrangementAfterRollback(run: RunRow): unknown {
  const evidence = runEvidence(run).rollback?.evidence;
  return typeof evidence === 'object' && evidence !== null && 'arrangement' in evidence ? evidence.arrangement : undefined;
}
