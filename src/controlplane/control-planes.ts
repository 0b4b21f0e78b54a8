import { setTimeout as sleep } from 'node:timers/promises';
import { RootwardError } from '../contract/errors.ts';
import { ControlPlane, type ControlPlaneParts } from './control-plane.ts';
import type { ControlPlaneStatus } from './control-plane-status.ts';
import type { DesiredControlPlane } from './desired-control-plane.ts';
import { runtimeCandidates } from './pki/runtime-directory.ts';

export interface ControlPlanesDeps extends Pick<ControlPlaneParts, 'binaries' | 'log'> {
  readonly now?: ControlPlaneParts['now'];
  /** Directories on tmpfs in order of preference; `/dev/shm` and `$XDG_RUNTIME_DIR` unless given. */
  readonly runtimeCandidates?: readonly string[];
}

/** Every hosted control plane of this machine, as the server sees them. */
export interface ControlPlanes {
  /**
   * Records the wish and reconciles; safe to repeat. Resolves when what had to stop has stopped, and when what can start has been
   * started; use `waitReady` for more. A failed pass rejects and is tried again by itself.
   */
  apply(desired: DesiredControlPlane): Promise<void>;
  status(clusterId: string): ControlPlaneStatus;
  /** Throws CONTROL_PLANE_UNAVAILABLE after the time, CLUSTER_SUSPENDED or BINARIES_UNAVAILABLE at once. */
  waitReady(clusterId: string, timeoutMs: number): Promise<void>;
  /** Stops every child in order. Nothing is started afterwards. */
  stopAll(): Promise<void>;
  /** Leaves every child running for the next server to adopt. */
  detach(): void;
}

const READY_POLL_MS = 25;
const LOG_CHECK_MS = 15_000;

export function createControlPlanes(deps: ControlPlanesDeps): ControlPlanes {
  const parts: ControlPlaneParts = {
    binaries: deps.binaries,
    log: deps.log,
    now: deps.now ?? Date.now,
    runtimeCandidates: deps.runtimeCandidates ?? runtimeCandidates(),
  };
  const planes = new Map<string, ControlPlane>();
  const logCheck = setInterval(() => {
    for (const plane of planes.values()) plane.limitLogs();
  }, LOG_CHECK_MS);
  logCheck.unref();

  const status = (clusterId: string): ControlPlaneStatus =>
    planes.get(clusterId)?.status() ?? {
      clusterId,
      desired: null,
      state: 'unknown',
      apiservers: [],
      etcd: [],
      processes: [],
      problem: null,
      programsMissing: false,
    };

  return {
    async apply(desired) {
      const plane = planes.get(desired.clusterId) ?? new ControlPlane(desired, parts);
      planes.set(desired.clusterId, plane);
      await plane.apply(desired);
    },
    status,
    async waitReady(clusterId, timeoutMs) {
      const deadline = parts.now() + timeoutMs;
      for (;;) {
        const { state, problem } = status(clusterId);
        if (state === 'ready') return;
        if (state === 'suspended') throw new RootwardError('CLUSTER_SUSPENDED');
        const failure = planes.get(clusterId)?.failure;
        if (failure instanceof RootwardError && failure.code === 'BINARIES_UNAVAILABLE') throw failure;
        if (parts.now() >= deadline) {
          throw new RootwardError('CONTROL_PLANE_UNAVAILABLE', {
            message: `The control plane was not ready after ${timeoutMs} ms${problem === null ? '' : ` (${problem})`}.`,
            hint: 'Read the *.log files in the directory of the cluster.',
          });
        }
        await sleep(READY_POLL_MS);
      }
    },
    async stopAll() {
      clearInterval(logCheck);
      await Promise.all([...planes.values()].map((plane) => plane.stop()));
    },
    detach() {
      clearInterval(logCheck);
      for (const plane of planes.values()) plane.detach();
    },
  };
}
