import { updateClusterKeyState } from '../../../contract/clusters/key-state.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { type KeyVerdict, verdictStatus } from '../../../contract/views/cluster-texts.ts';
import { findActiveActivation } from '../../../store/clusters/activations.ts';
import { type ClusterPatch, type ClusterRow, findClusterById, updateCluster } from '../../../store/clusters/clusters.ts';
import { findOpenRun } from '../../../store/clusters/runs.ts';
import type { Tx } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ClusterDeps } from '../deps.ts';
import { startRun } from '../enabling/start-run.ts';
import { isOfNow, restoreEpoch } from '../enabling/steps/activation.ts';
import { VERDICT_EFFECTS } from '../masters/verdict-effects.ts';
import { resolveOwnCluster } from '../resolve-cluster.ts';

/** Follows a change of a cluster's root key: its state, its control plane, and a rotation where there is a new version. */
export function updateClusterKeyStateHandler(deps: ClusterDeps): Handler {
  return handle(updateClusterKeyState, {
    resolve: (call) => resolveOwnCluster(deps.store, call.principal),
    async change(call, { id }, tx) {
      const cluster = await findClusterById(tx, id);
      if (!cluster) throw new RootwardError('CLUSTER_NOT_FOUND');
      const { verdict, keyVersionId } = call.input.body;
      await updateCluster(tx, id, patchFor(cluster, verdict));
      const before = await findActiveActivation(tx, id);
      const rotates = verdict === 'usable' && keyVersionId !== undefined && (await needsRotation(tx, cluster, keyVersionId));
      if (rotates) {
        await startRun(tx, cluster, {
          id: deps.newId(),
          kind: 'rotate',
          parameters: parametersOf(cluster),
          requestedBy: call.principal.iamId,
          correlationId: call.correlationId,
          now: call.now,
        });
      }
      return {
        output: undefined,
        audit: {
          requestData: rotates
            ? { updateType: 'rotate', initialValue: before?.key_version_id, newValue: keyVersionId }
            : { updateType: 'key-state', initialValue: cluster.key_verdict, newValue: verdict },
        },
      };
    },
  });
}

/** Also for a look at the key that found nothing new: the patch is then what the row says already. */
export function patchFor(cluster: ClusterRow, verdict: KeyVerdict): ClusterPatch {
  const effect = VERDICT_EFFECTS[verdict];
  const status = verdictStatus(verdict, cluster.kms_key_id ?? '');
  if (cluster.desired_state === 'removed') return { key_verdict: verdict };
  const shown = { key_verdict: verdict, state: effect.state, status_text: status };
  if (cluster.control_plane !== 'hosted' || effect.controlPlane === 'keep') return shown;
  return effect.controlPlane === 'suspend'
    ? { ...shown, desired_state: 'suspended', suspended_reason: status }
    : { ...shown, desired_state: 'running', suspended_reason: null };
}

/** Is this a version that the cluster does not use yet, or not since a restore, and is it free to change? */
export async function needsRotation(tx: Tx, cluster: ClusterRow, keyVersionId: string): Promise<boolean> {
  if (cluster.kms_enabled === 0 || cluster.master_state !== 'deployed' || cluster.desired_state === 'removed') return false;
  const active = await findActiveActivation(tx, cluster.id);
  if (active?.key_id !== cluster.kms_key_id) return false;
  if (active.key_version_id === keyVersionId && isOfNow(active, await restoreEpoch(tx))) return false;
  return (await findOpenRun(tx, cluster.id)) === undefined;
}

function parametersOf(cluster: ClusterRow) {
  return {
    instanceId: cluster.kms_instance_id ?? '',
    keyId: cluster.kms_key_id ?? '',
    service: cluster.kms_service ?? 'kms',
    accountId: cluster.kms_account_id ?? cluster.account_id,
    privateEndpoint: cluster.kms_private_endpoint === 1,
    previous: null,
  };
}
