import { createHash } from 'node:crypto';
import { type PluginState, readPluginState } from '../../../contract/agents/plugin-state.ts';
import { type ActivationRow, listActivations } from '../../../store/clusters/activations.ts';
import type { ClusterRow } from '../../../store/clusters/clusters.ts';
import { findOpenRun } from '../../../store/clusters/runs.ts';
import { type Handler, handle } from '../../handler.ts';
import { clusterCrn } from '../cluster-identity.ts';
import type { ClusterDeps } from '../deps.ts';
import { runParameters } from '../enabling/run-parameters.ts';
import { lookAtKey } from '../masters/look-at-key.ts';
import { resolveOwnCluster } from '../resolve-cluster.ts';
import { createOpenPolls } from './open-polls.ts';

/** Expiry comes without a commit, so a waiting poll looks again this often. */
const LOOK_MS = 2000;

/** Tells a plugin its activations and the verdicts about their root keys, at once or as soon as something changes. */
export function readPluginStateHandler(deps: ClusterDeps): Handler {
  const polls = createOpenPolls();
  return handle(readPluginState, {
    resolve: (call) => resolveOwnCluster(deps.store, call.principal),
    async run(call, cluster) {
      const { knownRevision, waitSeconds = 0 } = call.input.body;
      using place = polls.enter(cluster.id);
      const end = deps.now() + waitSeconds * 1000;
      for (;;) {
        const mark = deps.changes.mark();
        const state = await currentState(deps, cluster);
        const left = end - deps.now();
        if (state.revision !== knownRevision || left <= 0 || place.signal.aborted || deps.changes.closed)
          return { output: state };
        await deps.changes.after(mark, Math.min(left, LOOK_MS), place.signal);
      }
    },
  });
}

async function currentState(deps: ClusterDeps, cluster: ClusterRow): Promise<PluginState> {
  const activations = await listActivations(deps.store.db, cluster.id);
  const facts = {
    serverId: deps.serverId,
    cluster: { id: cluster.id, crn: clusterCrn(cluster), encryptionDomainHash: digest(cluster.encryption_domain) },
    kekLeaseSeconds: deps.kekLeaseSeconds,
    activations: activations.map(({ epoch, number, nonce, instance_id, key_id, key_version_id, status }) => ({
      epoch,
      number,
      nonce,
      instanceId: instance_id,
      keyId: key_id,
      keyVersionId: key_version_id,
      status,
    })),
    keys: await verdicts(deps, cluster, activations),
  };
  return { ...facts, revision: digest(JSON.stringify(facts)) };
}

async function verdicts(
  deps: ClusterDeps,
  cluster: ClusterRow,
  activations: readonly Pick<ActivationRow, 'instance_id' | 'key_id' | 'status'>[],
): Promise<PluginState['keys']> {
  const keys: PluginState['keys'] = [];
  const refs = new Map(activations.map((row) => [row.key_id, { instanceId: row.instance_id, keyId: row.key_id }]));
  const broken = await isGlassBroken(deps, cluster);
  // Nothing is wrapped by an expired key: what is active still stays as it is until the new key is.
  const active = activations.find(({ status }) => status === 'active');
  for (const ref of refs.values()) {
    const { verdict } = await lookAtKey(deps, cluster, ref);
    // Of a key that cannot be found nothing is said: silence never cuts a lease.
    if (verdict === 'unreachable') continue;
    keys.push({ ...ref, verdict: verdict === 'expired' && broken && ref.keyId !== active?.key_id ? 'usable' : verdict });
  }
  return keys;
}

/** Is there leave to unwrap by expired keys? Keys that are disabled, deleted or not authorized are beyond it. */
async function isGlassBroken(deps: ClusterDeps, cluster: ClusterRow): Promise<boolean> {
  const run = await findOpenRun(deps.store.db, cluster.id);
  const until = run === undefined ? undefined : runParameters(run).breakGlass?.until;
  return until !== undefined && deps.now() < until;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
