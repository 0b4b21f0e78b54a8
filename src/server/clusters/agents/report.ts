import { reportProgress, reportStep } from '../../../contract/agents/report.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findActiveActivation } from '../../../store/clusters/activations.ts';
import { type ClusterRow, updateCluster } from '../../../store/clusters/clusters.ts';
import { findRun, type RunRow, updateRunAt } from '../../../store/clusters/runs.ts';
import type { Db, Tx } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ClusterDeps } from '../deps.ts';
import { advanced, type Failure, setBack } from '../enabling/move-run.ts';
import { stepId } from '../enabling/run-parameters.ts';
import { proofFrom } from '../enabling/steps/proof.ts';
import { renewActivation } from '../enabling/steps/renew-activation.ts';
import { resolveOwnCluster } from '../resolve-cluster.ts';

interface Held {
  readonly runId: string;
  readonly stepId: string;
  readonly fence: number;
}

/** Renews an agent's lease of its step. */
export function reportProgressHandler(deps: ClusterDeps): Handler {
  return handle(reportProgress, {
    resolve: (call) => resolveOwnCluster(deps.store, call.principal),
    async run(call, cluster) {
      const { body } = call.input;
      await deps.store.change([], async (tx) => {
        const run = await heldRun(tx, cluster, body);
        await updateRunAt(tx, run, {
          lease_until: call.now + deps.stepLeaseMs,
          progress: body.progress === undefined ? run.progress : JSON.stringify(body.progress),
          updated_at: call.now,
        });
      });
      return { output: undefined };
    },
  });
}

/** Takes the result of a step and moves the run. */
export function reportStepHandler(deps: ClusterDeps): Handler {
  return handle(reportStep, {
    resolve: (call) => resolveOwnCluster(deps.store, call.principal),
    async change(call, cluster, tx) {
      const { body } = call.input;
      const run = await heldRun(tx, cluster, body);
      if (body.outcome === 'done') await accept(deps, tx, cluster, run, body.evidence ?? {}, call.now);
      else {
        const error = typeof body.error === 'string' ? body.error : body.error?.message;
        await refuse(deps, tx, run, { outcome: body.outcome, error: error ?? 'The agent gave no reason.' }, call.now);
      }
      return {
        output: undefined,
        audit: { requestData: { runId: run.id, step: run.step, outcome: body.outcome } },
      };
    },
  });
}

/** The run whose step the caller holds. Throws STEP_FENCED if the step has gone on or was given to another agent. */
async function heldRun(db: Db, cluster: ClusterRow, held: Held): Promise<RunRow> {
  const run = await findRun(db, held.runId);
  const open = run?.state === 'running' || run?.state === 'paused';
  if (
    run?.cluster_id === cluster.id &&
    open &&
    run.fence === held.fence &&
    stepId(run) === held.stepId &&
    run.agent_id !== null
  ) {
    return run;
  }
  throw new RootwardError('STEP_FENCED');
}

async function accept(
  deps: ClusterDeps,
  tx: Tx,
  cluster: ClusterRow,
  run: RunRow,
  evidence: unknown,
  now: number,
): Promise<void> {
  if (run.step === 'prove') {
    const active = await findActiveActivation(tx, cluster.id);
    const proof = active && proofFrom(evidence, active.key_id_hash, now);
    if (!proof) {
      await refuse(deps, tx, run, { outcome: 'failed', error: 'The evidence proves nothing for the active key.' }, now);
      return;
    }
    await updateCluster(tx, cluster.id, { proof: JSON.stringify(proof) });
  }
  await updateRunAt(tx, run, advanced(run, evidence, now));
}

async function refuse(deps: ClusterDeps, tx: Tx, run: RunRow, failure: Failure, now: number): Promise<void> {
  if (await renewActivation(tx, deps, run, now)) return;
  await updateRunAt(tx, run, setBack(run, failure, now));
}
