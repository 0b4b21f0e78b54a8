import { RootwardError } from '../../../contract/errors.ts';
import { acknowledgeEvent } from '../../../contract/events/acknowledge.ts';
import type { KeyVerdict } from '../../../contract/views/cluster-texts.ts';
import { findActiveActivation } from '../../../store/clusters/activations.ts';
import { type ClusterRow, findClusterById } from '../../../store/clusters/clusters.ts';
import { listRootKeysInUse } from '../../../store/clusters/root-key-history.ts';
import { findOpenRun } from '../../../store/clusters/runs.ts';
import type { LifecycleEventRow } from '../../../store/kms/lifecycle-events.ts';
import { clusterServicePrincipal } from '../cluster-identity.ts';
import type { ClusterDeps } from '../deps.ts';
import { lookAtKey } from './look-at-key.ts';
import { VERDICT_EFFECTS } from './verdict-effects.ts';

type AdopterState = 'DEK_ENABLED' | 'DEK_DISABLED' | 'DEK_DESTROYED';

/** What is reported for each verdict; null: nobody would take a report now. */
const ADOPTER_STATES: Readonly<Record<KeyVerdict, AdopterState | null>> = {
  usable: 'DEK_ENABLED',
  suspended: 'DEK_DISABLED',
  destroyed: 'DEK_DESTROYED',
  expired: 'DEK_DISABLED',
  denied: null,
  unreachable: null,
};

/**
 * Reports an event to the key service once the cluster has really followed it. What is reported is how the cluster stands now:
 * later events may have overtaken this one.
 */
export async function acknowledgeIfDone(deps: ClusterDeps, clusterId: string, event: LifecycleEventRow): Promise<void> {
  const cluster = await findClusterById(deps.store.db, clusterId);
  if (!cluster) return;
  const key = { instanceId: event.instance_id, keyId: event.key_id };
  const { verdict, currentVersionId } = await lookAtKey(deps, cluster, key);
  const adopterKeyState = ADOPTER_STATES[verdict];
  if (adopterKeyState === null || !(await hasFollowed(deps, cluster, event, verdict, currentVersionId))) return;
  const rewrapped = event.type === 'rotation' && currentVersionId !== undefined;
  const resource = {
    eventId: event.id,
    adopterKeyState,
    timestamp: new Date(deps.now()).toISOString(),
    ...(rewrapped && { keyStateData: { rewrappedKeyVersion: currentVersionId } }),
  };
  const body = {
    metadata: { collectionType: 'application/vnd.ibm.kms.event_acknowledge+json', collectionTotal: 1 },
    resources: [resource],
  };
  const headers = { 'bluemix-instance': event.instance_id };
  try {
    await deps.invoke(acknowledgeEvent, clusterServicePrincipal(cluster), { headers, body }, event.correlation_id);
  } catch (error) {
    // The key changed between our look and the report: its own event is on the way.
    if (!(error instanceof RootwardError) || error.code !== 'KEY_STATE') throw error;
  }
}

async function hasFollowed(
  deps: ClusterDeps,
  cluster: ClusterRow,
  event: LifecycleEventRow,
  verdict: KeyVerdict,
  currentVersionId: string | undefined,
): Promise<boolean> {
  // A key that the cluster does not depend on (any more) asks nothing of it. While it moves, it depends on the one that it leaves.
  if (cluster.kms_key_id !== event.key_id && !(await isInUse(deps, cluster.id, event.key_id))) return true;
  if (cluster.kms_enabled === 1 && cluster.key_verdict !== verdict) return false;
  // A sync asks whether everything is as the key is, its version too.
  const isAboutVersion = event.type === 'rotation' || event.type === 'sync';
  if (isAboutVersion && verdict === 'usable' && cluster.kms_enabled === 1) {
    if (await findOpenRun(deps.store.db, cluster.id)) return false;
    const active = await findActiveActivation(deps.store.db, cluster.id);
    return active?.key_version_id === currentVersionId;
  }
  if (VERDICT_EFFECTS[verdict].controlPlane !== 'suspend' || cluster.control_plane !== 'hosted') return true;
  return deps.controlPlane.status(cluster.id).state === 'suspended';
}

async function isInUse(deps: ClusterDeps, clusterId: string, keyId: string): Promise<boolean> {
  return (await listRootKeysInUse(deps.store.db, clusterId)).some((key) => key.keyId === keyId);
}
