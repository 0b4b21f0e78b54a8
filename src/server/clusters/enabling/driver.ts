import { SERVER_STEPS, type ServerStep } from '../../../contract/enabling/steps.ts';
import { RootwardError } from '../../../contract/errors.ts';
import { findClusterById } from '../../../store/clusters/clusters.ts';
import { findRun, type RunRow, runsAtSteps, updateRunAt } from '../../../store/clusters/runs.ts';
import { failpoint } from '../../failpoint.ts';
import type { ClusterDeps } from '../deps.ts';
import { type Failure, setBack } from './move-run.ts';
import { SERVER_STEP_WORK } from './steps/server-steps.ts';

/** Executes the server's own steps of every run. */
export interface RunDriver {
  start(): void;
  /** Has a look soon. */
  wake(): void;
  /** One pass over everything that can be done now; tests and the first moment after a start use it directly. */
  pass(): Promise<void>;
  /** Resolves when the pass that is under way has ended. */
  stop(): Promise<void>;
}

const LOOK_MS = 1000;

export function createRunDriver(deps: ClusterDeps): RunDriver {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  async function pass(): Promise<void> {
    const waiting = await runsAtSteps(deps.store.db, SERVER_STEPS);
    for (const run of waiting) {
      if (run.lease_until === null || run.lease_until <= deps.now()) await perform(deps, run);
    }
  }

  async function passes(): Promise<void> {
    do {
      again = false;
      try {
        await pass();
      } catch (error) {
        // The store could not be read; the next look tries again.
        deps.log.warn({ error: messageOf(error) }, 'the steps of clusters could not be looked at');
      }
    } while (again && !stopped);
  }

  const wake = (): void => {
    if (stopped) return;
    again = true;
    running ??= passes().finally(() => {
      running = undefined;
    });
  };

  return {
    start() {
      deps.store.onChange('clusters', wake);
      timer = setInterval(wake, LOOK_MS);
      timer.unref();
      wake();
    },
    wake,
    pass,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** Does the step at which `run` stands, or records why it could not be done. */
async function perform(deps: ClusterDeps, run: RunRow): Promise<void> {
  const work = SERVER_STEP_WORK[run.step as ServerStep];
  try {
    const cluster = await findClusterById(deps.store.db, run.cluster_id);
    if (!cluster) return;
    failpoint(`${run.step}.before`);
    await work.before?.(deps, cluster, run);
    failpoint(`${run.step}.during`);
    await deps.store.change(['clusters', 'keys'], async (tx) => {
      // A pause, an abort or another server may have been faster than `before`.
      const now = await findRun(tx, run.id);
      const current = await findClusterById(tx, run.cluster_id);
      if (!now || !current || now.state !== 'running' || now.step !== run.step || now.fence !== run.fence) return;
      await work.commit(tx, deps, current, now);
    });
    failpoint(`${run.step}.after`);
  } catch (error) {
    const failure: Failure = { outcome: isFinal(error) ? 'failed' : 'retry', error: messageOf(error) };
    deps.log.warn({ runId: run.id, clusterId: run.cluster_id, step: run.step, error: failure.error }, 'a step failed');
    const tried = { ...run, attempts: run.attempts + 1 };
    await deps.store.change(['clusters'], async (tx) => {
      await updateRunAt(tx, run, { attempts: tried.attempts, ...setBack(tried, failure, deps.now()) });
    });
  }
}

/** A refusal that repeating will not change. Everything unexpected may pass. */
function isFinal(error: unknown): boolean {
  return error instanceof RootwardError && error.row.retry === 'no' && error.row.http < 500;
}

function messageOf(error: unknown): string {
  return error instanceof RootwardError ? error.message : 'Something went wrong inside the server.';
}
