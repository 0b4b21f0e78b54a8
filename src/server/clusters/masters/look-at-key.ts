import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import type { KeyVerdict } from '../../../contract/views/cluster-texts.ts';
import type { ClusterRow } from '../../../store/clusters/clusters.ts';
import type { KeyRow } from '../../../store/kms/keys.ts';
import { clusterServicePrincipal } from '../cluster-identity.ts';
import type { ClusterDeps } from '../deps.ts';
import { readKeyFacts } from '../enabling/key-facts.ts';
import type { RootKeyRef } from '../enabling/run-parameters.ts';

export interface KeyLook {
  readonly verdict: KeyVerdict;
  /** The newest version, where the key could be found. */
  readonly currentVersionId: string | undefined;
}

/**
 * What a cluster finds when it looks at one of its root keys. Only a definite answer is a verdict: a key or an instance that
 * cannot be found, and every failure of looking, is `unreachable`.
 */
export async function lookAtKey(
  deps: Pick<ClusterDeps, 'store' | 'keyRows' | 'decide' | 'earliestNow'>,
  cluster: ClusterRow,
  ref: RootKeyRef,
): Promise<KeyLook> {
  const accountId = await ownerOf(deps, cluster, ref);
  const at = { accountId, instanceId: ref.instanceId, keyId: ref.keyId };
  const facts = await readKeyFacts(
    { db: deps.store.db, keyRows: deps.keyRows, decide: deps.decide },
    clusterServicePrincipal(cluster),
    at,
  );
  const { key } = facts;
  // Whoever saw it deleted knows where it went: it was purged, and nothing brings it back.
  const isPurged = facts.instance && !key && cluster.key_verdict === 'destroyed' && cluster.kms_key_id === ref.keyId;
  if (isPurged) return { verdict: 'destroyed', currentVersionId: undefined };
  if (!facts.instance || !key) return { verdict: 'unreachable', currentVersionId: undefined };
  const verdict = facts.authorized ? verdictOfState(key, deps.earliestNow()) : 'denied';
  return { verdict, currentVersionId: key.current_version_id };
}

function verdictOfState(key: KeyRow, now: number): KeyVerdict {
  switch (effectiveState(key, now)) {
    case KEY_STATE.active:
      return 'usable';
    case KEY_STATE.suspended:
      return 'suspended';
    case KEY_STATE.deactivated:
      return 'expired';
    case KEY_STATE.destroyed:
      return 'destroyed';
  }
}

/** An earlier root key may have been in another account than the current one. */
async function ownerOf(deps: Pick<ClusterDeps, 'store'>, cluster: ClusterRow, ref: RootKeyRef): Promise<string> {
  if (cluster.kms_instance_id === ref.instanceId && cluster.kms_account_id !== null) return cluster.kms_account_id;
  const row = await deps.store.db
    .selectFrom('instances')
    .select('account_id')
    .where('guid', '=', ref.instanceId)
    .executeTakeFirst();
  return row?.account_id ?? cluster.account_id;
}
