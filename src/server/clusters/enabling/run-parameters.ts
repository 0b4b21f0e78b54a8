import type { RunView } from '../../../contract/clusters/cluster.ts';
import { STEP_TEXTS, type StepName } from '../../../contract/enabling/steps.ts';
import type { RunRow } from '../../../store/runs.ts';
import { type RunPosition, undoOf } from './steps.ts';

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
}

export function runParameters(run: RunRow): RunParameters {
  return JSON.parse(run.parameters) as RunParameters;
}

export function runPosition(run: Pick<RunRow, 'kind' | 'step' | 'attempts'>): RunPosition {
  return { kind: run.kind, step: run.step as StepName, attempts: run.attempts };
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
