import type { Logger } from 'pino';
import { RootwardError } from '../../contract/errors.ts';
import type { Leases } from '../lease/leases.ts';
import type { NodeStateFile } from './node-state.ts';
import type { PluginState } from './plugin-state.ts';
import { nextSnapshot, type Snapshot } from './snapshot.ts';

/** Turns what the server says into leases and into the one current snapshot. */
export interface TakeOver {
  readonly take: (state: PluginState) => void;
  readonly snapshot: () => Snapshot | undefined;
  /** Why the last answer's activations were not taken over, or undefined. */
  readonly problem: () => RootwardError | undefined;
}

export function createTakeOver(deps: {
  readonly leases: Leases;
  readonly nodeState: NodeStateFile;
  readonly clock: () => number;
  readonly log: Logger;
  readonly onRefused: () => void;
}): TakeOver {
  const { leases, nodeState, log } = deps;
  let snapshot: Snapshot | undefined;
  let problem: RootwardError | undefined;
  return {
    snapshot: () => snapshot,
    problem: () => problem,
    take: (state) => {
      leases.setLeaseSeconds(state.kekLeaseSeconds);
      for (const { instanceId, keyId, verdict } of state.keys) {
        leases.apply({ instanceId, rootKeyId: keyId }, { type: 'verdict', at: deps.clock(), verdict });
      }
      const before = nodeState.current().highWater;
      const next = nextSnapshot(state, before);
      if ('refused' in next) {
        deps.onRefused();
        problem = new RootwardError('REPLICA_BEHIND', { message: next.refused });
        log.error({ problem: next.refused }, 'these activations are not taken over');
        return;
      }
      try {
        // On disk before anything is sealed under it: a restart must not go back.
        if (next.highWater !== undefined && next.highWater.keyId !== before?.keyId) nodeState.save({ highWater: next.highWater });
        snapshot = next.accepted;
        problem = undefined;
      } catch (error) {
        log.error({ err: error }, 'these activations are not taken over, because they could not be remembered');
      }
    },
  };
}
