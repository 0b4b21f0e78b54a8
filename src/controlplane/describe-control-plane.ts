import type { ClusterFile } from './cluster-file.ts';
import type { ControlPlaneState, ControlPlaneStatus, ProcessStatus } from './control-plane-status.ts';
import type { DesiredControlPlane } from './desired-control-plane.ts';
import type { SupervisedProcess } from './processes/supervised-process.ts';
import type { Readiness } from './readiness.ts';

interface Observed {
  readonly desired: DesiredControlPlane;
  readonly file: ClusterFile | null;
  readonly processes: readonly SupervisedProcess[];
  /** By process name; only running apiservers have one. */
  readonly readiness: ReadonlyMap<string, Readiness>;
  readonly failure: unknown;
}

/** What is seen of a control plane, put into the words of its status. */
export function describeControlPlane(observed: Observed): ControlPlaneStatus {
  const { desired, file } = observed;
  const apiservers = observed.processes.filter(({ slot }) => slot.role === 'kube-apiserver');
  const state = stateOf(observed, apiservers);
  return {
    clusterId: desired.clusterId,
    desired: desired.state,
    state,
    apiservers: file?.apiservers ?? [],
    etcd: file?.etcd ?? [],
    processes: observed.processes.map(describeProcess),
    problem: problemOf(observed, state, apiservers),
  };
}

function stateOf({ desired, file, processes, readiness }: Observed, apiservers: readonly SupervisedProcess[]): ControlPlaneState {
  if (desired.state === 'removed') return file === null && processes.length === 0 ? 'removed' : 'stopping';
  if (desired.state === 'suspended') return apiservers.some(({ identity }) => identity !== null) ? 'stopping' : 'suspended';
  const count = desired.apiserverCount ?? 1;
  const ready = apiservers.filter(({ identity, slot }) => identity !== null && readiness.get(slot.name)?.ready === true).length;
  return ready === count ? 'ready' : 'starting';
}

function problemOf(
  { failure, readiness }: Observed,
  state: ControlPlaneState,
  apiservers: readonly SupervisedProcess[],
): string | null {
  if (failure !== null) return failure instanceof Error ? failure.message : String(failure);
  if (state !== 'starting') return null;
  for (const { slot, identity, lastEnd } of apiservers) {
    if (identity === null && lastEnd !== null) return `${slot.name} ended (${lastEnd}) and is started again`;
    const watched = readiness.get(slot.name);
    if (watched !== undefined && !watched.ready) return `${slot.name}: ${watched.reason}`;
  }
  return null;
}

function describeProcess({ slot, identity, restarts, lastEnd }: SupervisedProcess): ProcessStatus {
  return { name: slot.name, role: slot.role, pid: identity?.pid ?? null, restarts, lastEnd };
}
