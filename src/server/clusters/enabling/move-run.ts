import type { StepName } from '../../../contract/enabling/steps.ts';
import type { RunPatch, RunRow } from '../../../store/clusters/runs.ts';
import { runEvidence, runParameters, runPosition, withParameters } from './run-parameters.ts';
import { nextStep, undoOf } from './steps/steps.ts';

/** A run is given up before its first write after so many attempts of one step. */
export const ATTEMPTS_BEFORE_FIRST_WRITE = 30;

const SOON_MS = 10_000;
const LATER_MS = 60_000;

const fresh = { attempts: 0, agent_id: null, lease_until: null, progress: null, error: null } as const;

/** The step is done: on to the next one. The caller ends the run itself when there is none. */
export function advanced(run: RunRow, evidence: unknown, now: number): RunPatch {
  const next = nextStep(runPosition(run));
  const kept = { ...runEvidence(run), [run.step]: { at: now, evidence } };
  const undoing = runParameters(run).ending !== undefined;
  return {
    ...fresh,
    // Why a run is undone stays readable until it is over, and after.
    error: undoing ? run.error : null,
    ...(next === 'end' ? {} : { step: next }),
    evidence: JSON.stringify(kept),
    updated_at: now,
  };
}

export interface Failure {
  /** `retry`: may still come about by itself. `failed`: this attempt is over. */
  readonly outcome: 'retry' | 'failed';
  readonly error: string;
}

/** The step did not succeed: undo the run while that is possible, else try again, for ever. */
export function setBack(run: RunRow, failure: Failure, now: number): RunPatch {
  const undo = undoOf(runPosition(run));
  const givenUp = failure.outcome === 'failed' || run.attempts >= ATTEMPTS_BEFORE_FIRST_WRITE;
  if (undo && givenUp) return undone(run, 'failed', failure.error, now);
  const undoing = runParameters(run).ending !== undefined;
  return {
    agent_id: null,
    lease_until: now + waitBefore(run.attempts, failure.outcome),
    error: undoing && run.error ? run.error : failure.error,
    updated_at: now,
  };
}

/** Turns the run around. Throws if it can only go forward. */
export function undone(run: RunRow, ending: 'failed' | 'aborted', error: string, now: number): RunPatch {
  const undo = undoOf(runPosition(run));
  if (!undo) throw new Error(`a ${run.kind} run at ${run.step} cannot be undone`);
  return {
    ...fresh,
    // An agent that still works on the abandoned step must not report into the new one.
    fence: run.fence + 1,
    step: undo,
    state: 'running',
    error,
    parameters: withParameters(run, { ending }),
    updated_at: now,
  };
}

/** To a step of the run's way that has to be done again after what has changed meanwhile. */
export function returnedTo(run: RunRow, step: StepName, error: string, now: number): RunPatch {
  return { ...fresh, fence: run.fence + 1, step, error, updated_at: now };
}

/** Doubles from one second, up to ten seconds for what comes by itself and a minute for what failed. */
export function waitBefore(attempts: number, outcome: Failure['outcome']): number {
  const longest = outcome === 'retry' ? SOON_MS : LATER_MS;
  return Math.min(longest, 1000 * 2 ** Math.min(Math.max(attempts - 1, 0), 10));
}
