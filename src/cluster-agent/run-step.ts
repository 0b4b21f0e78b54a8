/** From a step's name to what is reported: evidence and outcome. */
import { RootwardError } from '../contract/errors.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { readParameters } from './parameters.ts';
import type { Evidence, Step, StepContext, StepRun } from './step.ts';
import { StepFailure } from './step.ts';
import { finish, readEverywhere, rollback, write } from './steps/configure.ts';
import { converge, verifyCanaryRead } from './steps/converge.ts';
import { install } from './steps/install.ts';
import { migrate } from './steps/migrate.ts';
import { preflight } from './steps/preflight.ts';
import { prove } from './steps/prove.ts';

export const STEPS: Readonly<Record<string, StepRun>> = {
  preflight,
  install,
  'read-everywhere': readEverywhere,
  write,
  converge,
  migrate,
  prove,
  finish,
  rollback,
  'verify-canary-read': verifyCanaryRead,
};

export interface StepReport {
  /** `retry`: nothing is wrong with the step; it may be given out again. */
  readonly outcome: 'done' | 'failed' | 'retry';
  readonly evidence: Evidence;
  readonly error?: { readonly code: string; readonly message: string };
}

export type StepSurroundings = Pick<StepContext, 'signal' | 'progress' | 'confirm' | 'now' | 'serverSkewMs'> & {
  readonly access: ClusterAccess;
};

/** Runs one step. @throws the reason of the signal when it was aborted: then there is nothing to report. */
export async function runStep(step: Step, around: StepSurroundings): Promise<StepReport> {
  try {
    const run = Object.hasOwn(STEPS, step.name) ? STEPS[step.name] : undefined;
    if (run === undefined)
      throw new RootwardError('NOT_SUPPORTED', { message: `This agent does not know the step ${step.name}.` });
    const parameters = readParameters(step.parameters);
    return { outcome: 'done', evidence: await run({ ...around, runId: step.runId, parameters }) };
  } catch (error) {
    if (around.signal.aborted) throw around.signal.reason;
    const evidence = error instanceof StepFailure ? error.evidence : {};
    const cause = error instanceof StepFailure ? error.cause : error;
    if (!(cause instanceof RootwardError)) {
      return {
        outcome: 'retry',
        evidence,
        error: { code: 'INTERNAL', message: cause instanceof Error ? cause.message : String(cause) },
      };
    }
    const outcome = cause.row.retry === 'no' ? 'failed' : 'retry';
    return { outcome, evidence, error: { code: cause.code, message: cause.message } };
  }
}
