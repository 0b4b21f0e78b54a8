import type { RunView } from '../../../contract/clusters/cluster.ts';
import { STEP_TEXTS, type StepName } from '../../../contract/enabling/steps.ts';
import type { RunRow } from '../../../store/clusters/runs.ts';
import { FIRST_WRITE, type RunPosition, undoOf } from './steps/steps.ts';

export interface RootKeyRef {
  readonly instanceId: string;
  readonly keyId: string;
}

/** What a run is about; kept as JSON in its row. */
export interface RunParameters extends RootKeyRef {
  readonly service: string;
  /** The account that owns the KMS instance. */
  readonly accountId: string;
  readonly privateEndpoint: boolean;
  /** The root key that the cluster leaves. */
  readonly previous: RootKeyRef | null;
  /** Set when the run is being undone: what it will have been. */
  readonly ending?: 'failed' | 'aborted';
  /** The run has begun its first write, so it can only go forward, wherever it stands. Never unset. */
  readonly written?: true;
  /** Something was sealed already when the run began, though the cluster does not count as enabled. */
  readonly kept?: true;
  /** The proof was good enough to release the other root keys: they are previous ones from then on. */
  readonly released?: true;
  /** Lets the plugins unwrap by expired keys of the cluster for as long as the run is open, but not after `until` (ms since 1970). */
  readonly breakGlass?: { readonly reason: string; readonly until: number };
}

export function runParameters(run: RunRow): RunParameters {
  return JSON.parse(run.parameters) as RunParameters;
}

export function runPosition(run: RunRow): RunPosition {
  const { kind, attempts } = run;
  return { kind, step: run.step as StepName, attempts, written: runParameters(run).written === true };
}

/** The parameters of a run whose step begins now, as JSON: the first write stays on record. */
export function parametersAtBegin(run: RunRow): string {
  return run.step === FIRST_WRITE[run.kind] ? withParameters(run, { written: true }) : run.parameters;
}

/** The parameters of a run with some of them changed, as JSON. */
export function withParameters(run: RunRow, change: Partial<RunParameters>): string {
  return JSON.stringify({ ...runParameters(run), ...change });
}

/** What the steps reported, by step. */
export function runEvidence(run: RunRow): Readonly<Record<string, { readonly at: number; readonly evidence: unknown }>> {
  return JSON.parse(run.evidence) as Record<string, { at: number; evidence: unknown }>;
}

/** Names one step of one run towards an agent. */
export function stepId(run: Pick<RunRow, 'id' | 'step'>): string {
  return `${run.id}.${run.step}`;
}

export function runView(run: RunRow): RunView {
  const open = run.state === 'running' || run.state === 'paused';
  return {
    id: run.id,
    kind: run.kind,
    state: run.state,
    step: run.step,
    stepText: STEP_TEXTS[run.step as StepName],
    attempts: run.attempts,
    ...(run.progress === null ? {} : { progress: JSON.parse(run.progress) as unknown }),
    ...(run.error === null ? {} : { error: run.error }),
    startedAt: new Date(run.started_at).toISOString(),
    ...(run.finished_at === null ? {} : { finishedAt: new Date(run.finished_at).toISOString() }),
    abortable: open && undoOf(runPosition(run)) !== undefined,
  };
}
