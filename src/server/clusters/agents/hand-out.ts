import type { HandedStep } from '../../../contract/agents/poll.ts';
import { PROOF_LEVELS } from '../../../contract/clusters/proof.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { listActivations } from '../../../store/clusters/activations.ts';
import { findOpenRun, type RunRow, updateRunAt } from '../../../store/clusters/runs.ts';
import type { Db, Tx } from '../../../store/store.ts';
import type { ClusterDeps } from '../deps.ts';
import { setBack } from '../enabling/move-run.ts';
import { parametersAtBegin, runParameters, runPosition, stepId } from '../enabling/run-parameters.ts';
import { findNewerVersion, renewActivation } from '../enabling/steps/renew-activation.ts';
import { activeKey } from '../enabling/steps/server-steps.ts';
import { isAgentStep, STEPS } from '../enabling/steps/steps.ts';

const PROVIDER_NAME = 'rootward';

/** Is there a step for this agent now? An agent that asks again while it holds a step has lost it, and gets it anew at once. */
export function canHandOut(run: RunRow | undefined, agentId: string, now: number): run is RunRow {
  if (run?.state !== 'running' || !isAgentStep(runPosition(run).step)) return false;
  return run.lease_until === null || run.lease_until <= now || run.agent_id === agentId;
}

/** Gives the step at which the cluster's run stands to an agent, under a fence higher than every one before. Null: none now. */
export async function handOut(deps: ClusterDeps, clusterId: string, agentId: string): Promise<HandedStep | null> {
  const seen = await findOpenRun(deps.store.db, clusterId);
  if (!canHandOut(seen, agentId, deps.now())) return null;
  // A new activation is news for the plugins, a step for an agent is not.
  const topics = (await findNewerVersion(deps, deps.store.db, seen, deps.now())) ? (['clusters'] as const) : [];
  return await deps.store.change(topics, async (tx) => {
    const now = deps.now();
    const standing = await findOpenRun(tx, clusterId);
    if (!canHandOut(standing, agentId, now)) return null;
    const run = (await renewActivation(tx, deps, standing, now)) ? await findOpenRun(tx, clusterId) : standing;
    if (!run) return null;
    const position = runPosition(run);
    if (!isAgentStep(position.step)) return null;
    const refusal = STEPS[position.step].recheckKeyActive ? await refusalOfKey(deps, tx, run, now) : undefined;
    if (refusal !== undefined) {
      await updateRunAt(tx, run, setBack(run, { outcome: 'failed', error: refusal }, now));
      return null;
    }
    const fence = run.fence + 1;
    await updateRunAt(tx, run, {
      fence,
      attempts: run.attempts + 1,
      agent_id: agentId,
      lease_until: now + deps.stepLeaseMs,
      parameters: parametersAtBegin(run),
      updated_at: now,
    });
    return {
      runId: run.id,
      stepId: stepId(run),
      name: position.step,
      fence,
      parameters: await stepParameters(tx, clusterId),
    };
  });
}

/** Why nothing may be written under the run's key at this moment. */
async function refusalOfKey(deps: ClusterDeps, tx: Tx, run: RunRow, now: number): Promise<string | undefined> {
  try {
    await activeKey(deps, tx, runParameters(run), now);
    return undefined;
  } catch (error) {
    if (error instanceof RootwardError && error.code === 'ROOT_KEY_UNUSABLE') return error.message;
    throw error;
  }
}

async function stepParameters(db: Db, clusterId: string): Promise<HandedStep['parameters']> {
  const activations = await listActivations(db, clusterId);
  const active = activations.find((activation) => activation.status === 'active');
  return {
    providerName: PROVIDER_NAME,
    ...(active && { keyId: active.key_id_hash }),
    oldKeyIds: activations.filter((activation) => activation !== active).map((activation) => activation.key_id_hash),
    resources: ['secrets'],
    proofLevels: [...PROOF_LEVELS],
  };
}
