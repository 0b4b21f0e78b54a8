import { effectiveState } from '../../../contract/keys/effective-state.ts';
import { KEY_STATE } from '../../../contract/keys/key-states.ts';
import { markRootKeyReplaced } from '../../../store/clusters/root-key-history.ts';
import { type RunRow, updateRunAt } from '../../../store/clusters/runs.ts';
import type { Db, Tx } from '../../../store/store.ts';
import type { ClusterDeps } from '../deps.ts';
import { returnedTo } from './move-run.ts';
import { type RootKeyRef, type RunParameters, runParameters, runPosition } from './run-parameters.ts';
import { hasWritten } from './steps/steps.ts';

/**
 * May a request for `key` take the place of the open run? Only where that run can neither end nor be undone: it has written, and
 * its key has expired or is not there any more. A disabled or deleted key can come back, so the run waits for it.
 */
export async function maySupersede(
  deps: Pick<ClusterDeps, 'keyRows'>,
  db: Db,
  run: RunRow,
  key: RootKeyRef,
  now: number,
): Promise<boolean> {
  const parameters = runParameters(run);
  if (!hasWritten(runPosition(run)) || parameters.released || parameters.keyId === key.keyId) return false;
  const target = await deps.keyRows.find(db, parameters.instanceId, parameters.keyId);
  return target === undefined || effectiveState(target, now) === KEY_STATE.deactivated;
}

/** Gives the run another key as its aim. Every key that it was about before stays registered and watched until the proof. */
export async function supersede(
  deps: Pick<ClusterDeps, 'keyRows'>,
  tx: Tx,
  run: RunRow,
  target: Omit<RunParameters, 'previous' | 'written'>,
  who: { readonly now: number; readonly by: string; readonly correlationId: string },
): Promise<void> {
  const { instanceId, keyId } = runParameters(run);
  // A key that is not there any more opens nothing again. The cluster does not stand still for it.
  if (!(await deps.keyRows.find(tx, instanceId, keyId))) {
    await markRootKeyReplaced(tx, { clusterId: run.cluster_id, instanceId, keyId }, who.now);
  }
  const parameters: RunParameters = { ...target, previous: { instanceId, keyId }, written: true };
  await updateRunAt(tx, run, {
    ...returnedTo(
      run,
      'register',
      `The root key ${keyId} cannot be used any more, so the run goes on with another one.`,
      who.now,
    ),
    kind: run.kind === 'enable' ? 'enable' : 'rekey',
    state: 'running',
    parameters: JSON.stringify(parameters),
    requested_by: who.by,
    correlation_id: who.correlationId,
  });
}
