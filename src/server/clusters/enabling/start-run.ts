import type { RunKind } from '../../../contract/enabling/steps.ts';
import { MASTER_STATUS } from '../../../contract/views/cluster-texts.ts';
import { type ClusterRow, updateCluster } from '../../../store/clusters/clusters.ts';
import { insertRun, type RunRow } from '../../../store/clusters/runs.ts';
import type { Tx } from '../../../store/store.ts';
import type { RunParameters } from './run-parameters.ts';
import { PATHS } from './steps/steps.ts';

export interface NewRun {
  readonly id: string;
  readonly kind: RunKind;
  readonly parameters: RunParameters;
  readonly requestedBy: string;
  readonly correlationId: string;
  readonly now: number;
}

/** Begins a run and shows it in the cluster's master status. The store refuses a second open run of one cluster. */
export async function startRun(tx: Tx, cluster: ClusterRow, run: NewRun): Promise<RunRow> {
  const { now } = run;
  const row: RunRow = {
    id: run.id,
    cluster_id: cluster.id,
    kind: run.kind,
    state: 'running',
    step: PATHS[run.kind][0] ?? 'register',
    fence: 0,
    agent_id: null,
    lease_until: null,
    parameters: JSON.stringify(run.parameters),
    progress: null,
    evidence: '{}',
    error: null,
    attempts: 0,
    requested_by: run.requestedBy,
    correlation_id: run.correlationId,
    started_at: now,
    updated_at: now,
    finished_at: null,
  };
  await insertRun(tx, row);
  await updateCluster(tx, cluster.id, {
    master_status: MASTER_STATUS.enabling,
    master_status_at: now,
    master_state: 'updating',
  });
  return row;
}
