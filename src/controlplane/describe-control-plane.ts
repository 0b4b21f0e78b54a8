import { RootwardError } from '../contract/errors.ts';
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
    problem: problemOf(observed, state),
    programsMissing: observed.failure instanceof RootwardError && observed.failure.code === 'BINARIES_UNAVAILABLE',
  };
}

function stateOf({ desired, file, processes, readiness }: Observed, apiservers: readonly SupervisedProcess[]): ControlPlaneState {
  if (desired.state === 'removed') return file === null && processes.length === 0 ? 'removed' : 'stopping';
  if (desired.state === 'suspended') return apiservers.some(({ identity }) => identity !== null) ? 'stopping' : 'suspended';
  const count = desired.apiserverCount ?? 1;
  const ready = apiservers.filter(({ identity, slot }) => identity !== null && readiness.get(slot.name)?.ready === true).length;
  return ready === count ? 'ready' : 'starting';
}

function problemOf({ failure, readiness, processes }: Observed, state: ControlPlaneState): string | null {
  if (failure !== null) return failure instanceof Error ? failure.message : String(failure);
  if (state !== 'starting') return null;
  // One that ended explains the others, which wait for it.
  const ended = processes.find(({ identity, lastEnd }) => identity === null && lastEnd !== null);
  if (ended !== undefined) return `${ended.slot.name} ended (${ended.lastEnd}) and is started again`;
  for (const [name, { ready, reason }] of readiness) if (!ready) return `${name}: ${reason}`;
  return null;
}

function describeProcess({ slot, identity, restarts, lastEnd }: SupervisedProcess): ProcessStatus {
  return { name: slot.name, role: slot.role, pid: identity?.pid ?? null, restarts, lastEnd };
}
