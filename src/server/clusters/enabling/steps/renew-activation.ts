import type { StepName } from '../../../../contract/enabling/steps.ts';
import { effectiveState } from '../../../../contract/keys/effective-state.ts';
import { KEY_STATE } from '../../../../contract/keys/key-states.ts';
import { findActiveActivation } from '../../../../store/clusters/activations.ts';
import { type RunRow, updateRunAt } from '../../../../store/clusters/runs.ts';
import type { KeyRow } from '../../../../store/kms/keys.ts';
import type { Db, Tx } from '../../../../store/store.ts';
import type { ClusterDeps } from '../../deps.ts';
import { returnedTo } from '../move-run.ts';
import { runParameters, runPosition } from '../run-parameters.ts';
import { activateKey, isOfNow, restoreEpoch } from './activation.ts';
import { PATHS } from './steps.ts';

/**
 * The run's key, if it got a newer version than the one that the cluster was given, or the store was restored since. Plugins refuse
 * to wrap under a version that is not the newest, so the run could wait for the old activation for ever.
 */
export async function findNewerVersion(
  deps: Pick<ClusterDeps, 'keyRows'>,
  db: Db,
  run: RunRow,
  now: number,
): Promise<KeyRow | undefined> {
  const { instanceId, keyId, ending } = runParameters(run);
  if (ending !== undefined) return undefined;
  const active = await findActiveActivation(db, run.cluster_id);
  const key = await deps.keyRows.find(db, instanceId, keyId);
  if (!key || active?.key_id !== key.id) return undefined;
  if (active.key_version_id === key.current_version_id && isOfNow(active, await restoreEpoch(db))) return undefined;
  return effectiveState(key, now) === KEY_STATE.active ? key : undefined;
}

/**
 * Issues the activation of the newer version in place. The run stays where it is, or goes back as far as `converge`: what was
 * written before stays written. False: there is no newer version, and nothing was changed.
 */
export async function renewActivation(
  tx: Tx,
  deps: Pick<ClusterDeps, 'keyRows' | 'randomBytes'>,
  run: RunRow,
  now: number,
): Promise<boolean> {
  const key = await findNewerVersion(deps, tx, run, now);
  if (!key) return false;
  await activateKey(tx, deps, run.cluster_id, key, now);
  await updateRunAt(
    tx,
    run,
    returnedTo(run, stepAgain(run), 'The root key was rotated, or the server restored from a backup, meanwhile.', now),
  );
  return true;
}

function stepAgain(run: RunRow): StepName {
  const { kind, step } = runPosition(run);
  const path = PATHS[kind];
  return path.indexOf(step) > path.indexOf('converge') ? 'converge' : step;
}
