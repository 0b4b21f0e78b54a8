import { controlRun } from '../../../contract/enabling/run-control.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findOpenRun, findRun, type RunPatch, type RunRow, updateRunAt } from '../../../store/clusters/runs.ts';
import { type Handler, handle } from '../../handler.ts';
import type { ClusterDeps } from '../deps.ts';
import { resolveCluster } from '../resolve-cluster.ts';
import { undone } from './move-run.ts';
import { runPosition, runView } from './run-parameters.ts';
import { undoOf } from './steps/steps.ts';

/** Pauses, resumes or aborts the open run of a cluster. */
export function controlRunHandler(deps: ClusterDeps): Handler {
  return handle(controlRun, {
    resolve: (call) => resolveCluster(deps.store, call, call.input.body.cluster),
    async change(call, cluster, tx) {
      const run = await findOpenRun(tx, cluster.id);
      if (!run)
        throw new RootwardError('STEP_ORDER', { message: 'Nothing is being done to the key management of this cluster.' });
      const { action } = call.input.body;
      await updateRunAt(tx, run, patchFor(action, run, call.now));
      const changed = await findRun(tx, run.id);
      return {
        output: runView(changed ?? run),
        audit: { requestData: { updateType: action, runId: run.id, step: run.step } },
      };
    },
  });
}

function patchFor(action: 'pause' | 'resume' | 'abort', run: RunRow, now: number): RunPatch {
  // A step that an agent holds is finished; what follows it waits.
  if (action === 'pause') return { state: 'paused', updated_at: now };
  if (action === 'resume') return { state: 'running', updated_at: now };
  if (undoOf(runPosition(run))) return undone(run, 'aborted', 'Aborted on request.', now);
  throw new RootwardError('STEP_ORDER', {
    message: `The step "${run.step}" may have written objects under the new key, so the run can only go forward.`,
    hint: 'Pause it, or let it finish and enable another root key then.',
  });
}
