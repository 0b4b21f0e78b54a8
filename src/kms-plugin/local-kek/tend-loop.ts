import type { Leases } from '../lease/leases.ts';
import type { Snapshot } from '../state/snapshot.ts';
import type { Wake } from '../state/wake.ts';
import type { Tender } from './tend.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;
/** News may come in bursts. */
const BETWEEN_ROUNDS_MS = 100;

/** Runs the tender's rounds: every probe interval ±20 %, sooner while something is unsettled, at once when there is news. */
export function createTendLoop(deps: {
  readonly tender: Tender;
  readonly leases: Leases;
  readonly wake: Wake;
  readonly probeIntervalMs: number;
  readonly refusalGapMs: number;
  readonly random: () => number;
  readonly snapshot: () => Snapshot | undefined;
}): { readonly run: () => Promise<void>; readonly stop: () => void } {
  let stopped = false;
  let unsettledRounds = 0;

  const pause = (): number => {
    const jitter = 0.8 + deps.random() * 0.4;
    // A second look comes as soon as it may cut.
    if (deps.leases.all().some(({ lease }) => lease.doubt !== undefined)) return deps.refusalGapMs + 50;
    const leaseMs = deps.leases.leaseMs();
    const regular = Math.min(deps.probeIntervalMs * jitter, leaseMs === 0 ? Number.POSITIVE_INFINITY : leaseMs / 3);
    if (unsettledRounds === 0) return regular;
    return Math.min(regular, LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(unsettledRounds - 1, 10) * jitter);
  };

  return {
    run: async () => {
      while (!stopped) {
        await deps.tender.round(deps.snapshot());
        unsettledRounds = deps.tender.unsettled() ? unsettledRounds + 1 : 0;
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_ROUNDS_MS));
        if (!stopped) await deps.wake.pause(pause());
      }
    },
    stop: () => {
      stopped = true;
      deps.wake.now();
    },
  };
}
