import type { DesiredState } from './desired-control-plane.ts';
import type { ProcessRole } from './processes/process-record.ts';

/**
 * `starting`: wanted, but not every apiserver is ready; `ready`: every apiserver answers /readyz; `suspended`: the apiservers are
 * stopped on purpose; `stopping`: on the way to one of the last two; `removed`: nothing is left; `unknown`: no wish was ever recorded for this id.
 */
export type ControlPlaneState = 'unknown' | 'starting' | 'ready' | 'stopping' | 'suspended' | 'removed';

export interface ProcessStatus {
  readonly name: string;
  readonly role: ProcessRole;
  readonly pid: number | null;
  readonly restarts: number;
  readonly lastEnd: string | null;
}

export interface ControlPlaneStatus {
  readonly clusterId: string;
  readonly desired: DesiredState | null;
  readonly state: ControlPlaneState;
  readonly apiservers: readonly string[];
  readonly etcd: readonly string[];
  readonly processes: readonly ProcessStatus[];
  /** Why it is not as wanted yet, for people; null when all is well. */
  readonly problem: string | null;
  /** kube-apiserver or etcd was found nowhere: nothing starts until somebody provides them. */
  readonly programsMissing: boolean;
}

/** What a supervisor tells its owner; it never contains a secret. */
export interface ControlPlaneLogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly clusterId: string;
  readonly message: string;
  readonly process?: string;
  readonly pid?: number;
}
